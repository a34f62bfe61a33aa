"""A booking as an iCalendar file (RFC 5545)."""

from zoneinfo import ZoneInfo

from icalendar import Calendar, Event

from domain.store.documents import Booking, BookingStatus, Expert


def calendar_of(booking: Booking, expert: Expert) -> bytes:
    """Return a calendar with one event: stable UID, SEQUENCE that rises with every change.

    The times stand in the attendee's zone, whose VTIMEZONE comes along (section 3.6.5).
    """
    zone = ZoneInfo(booking.attendee.zone)
    event = Event()
    event.add("uid", f"{booking.reference}@expertconnect")
    event.add("sequence", booking.rev - 1)
    event.add("dtstamp", booking.changed_at)
    event.add("dtstart", booking.starts_at.astimezone(zone))
    event.add("dtend", booking.ends_at.astimezone(zone))
    event.add("summary", f"Session with {expert.name}")
    event.add("description", f"{expert.headline}\nReference: {booking.reference}")
    cancelled = booking.status is BookingStatus.CANCELLED
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    calendar = Calendar()
    calendar.add("prodid", "-//ExpertConnect//EN")
    calendar.add("version", "2.0")
    calendar.add_component(event)
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())
