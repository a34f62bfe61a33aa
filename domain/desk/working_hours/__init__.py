"""Working hours: what experts type of them, and what that makes of their times."""
