"""Times and bookings as calendar files."""
