"""From a time that is chosen to a booking, and on to another time."""
