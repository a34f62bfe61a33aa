"""Booking: holding a slot, claiming it, rescheduling and cancelling."""
