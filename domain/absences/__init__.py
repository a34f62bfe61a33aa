"""Absences: an expert can't make some days; what is booked there is offered other times."""
