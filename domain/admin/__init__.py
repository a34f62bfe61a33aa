"""Administration: experts, bookings, figures and the log, for those who run the site."""
