"""Where administrators see to everything: experts, bookings, the site and the log."""
