"""The bookings of a visitor, signing in, and what is kept about a person."""
