"""What every request meets: forms, sessions, limits, headers, and how it is answered."""
