"""Absences: days that an expert can't make. Attendees booked then are offered other times."""
