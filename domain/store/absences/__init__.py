"""Absences: the days themselves, and what their attendees are offered."""
