"""Holds and bookings: how slots are claimed, and how bookings are found."""
