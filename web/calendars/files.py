"""A booking as calendars take it, in a file or in a mail (RFC 5545, RFC 5546)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from email.headerregistry import Address
from enum import StrEnum
from urllib.parse import quote

from icalendar import Calendar, Event, vCalAddress, vText

from domain.rules.notices import Recipient
from domain.rules.texts import isolated, without_directing
from domain.store.documents import Booking, BookingStatus, Expert
from web.booking.facts import Reader, reader_of
from web.booking.meetings import venue_of
from web.calendars.vtimezones import says_the_same, vtimezone
from web.i18n.languages import marked as _
from web.i18n.zones import zone_info

_UTC = frozenset({"UTC", "Etc/UTC"})
_IN_MAILTO = "@!$'*+-/=^_`{|}~."
"""What an address may hold that needs no escape in a `mailto:` (RFC 6068, section 2)."""


class Method(StrEnum):
    """What a calendar is to do with an event."""

    PUBLISH = "PUBLISH"
    REQUEST = "REQUEST"
    CANCEL = "CANCEL"


def calendar_of(
    booking: Booking,
    reader: Reader,
    *,
    method: Method,
    sender: Address,
    page: str,
    now: datetime,
) -> bytes:
    """Return a calendar with one event: the same UID ever, a SEQUENCE that rises with each change.

    Args:
        booking: As it is. The expert's address stays private: the organizer is the sender of mail.
        reader: Whose calendar it is for; its times stand in their zone, in their language.
        method: PUBLISH for a file, with no attendees in it; the others for mail.
        sender: Who sends mail here.
        page: Where the booking is changed, or nothing.
        now: The present instant.
    """
    event = _event(booking, reader, page, now)
    event.add("organizer", _organizer(sender))
    if method is not Method.PUBLISH:
        for name, address in _attendees(booking, reader):
            taking_part = {"ROLE": "REQ-PARTICIPANT", "PARTSTAT": "ACCEPTED", "RSVP": "FALSE"}
            event.add("attendee", _person(address, CN=name, **taking_part))
    calendar = empty_calendar(sender.display_name, method)
    if "TZID" in event["dtstart"].params:
        calendar.add_component(vtimezone(reader.zone, booking.starts_at, booking.ends_at))
    calendar.add_component(event)
    return bytes(calendar.to_ical())


def agenda_of(
    sessions: Sequence[Booking], expert: Expert, *, sender: Address, desk: str, now: datetime
) -> bytes:
    """Return the calendar of an expert's agenda, for a program that reads it again and again.

    Times stand in UTC, which programs show in their own zone: sessions of a year would need every
    clock change of it.

    Args:
        sessions: What is in it, cancelled sessions too: a program drops an event that says so.
        expert: Whose agenda.
        sender: Who sends mail here.
        desk: Where the expert's desk is.
        now: The present instant.
    """
    calendar = empty_calendar(sender.display_name, Method.PUBLISH)
    for booking in sessions:
        reader = replace(reader_of(Recipient.EXPERT, booking, expert), zone="UTC")
        event = _event(booking, reader, f"{desk}/bookings/{booking.reference}", now)
        event.add("organizer", _organizer(sender))
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def empty_calendar(site_name: str, method: Method) -> Calendar:
    """Return a calendar to be filled; it says which site made it (RFC 5545, section 3.7.3)."""
    calendar = Calendar()
    calendar.add("prodid", f"-//{site_name.replace('/', ' ')}//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method.value)
    return calendar


def _organizer(sender: Address) -> vCalAddress:
    return _person(sender.addr_spec, CN=sender.display_name)


def _event(booking: Booking, reader: Reader, page: str, now: datetime) -> Event:
    event = Event()
    event.add("uid", f"{booking.reference}@expertconnect")
    event.add("sequence", booking.rev - 1)
    event.add("dtstamp", now)
    event.add("created", booking.created_at)
    event.add("last-modified", booking.changed_at)
    _add_times(event, booking, reader.zone)
    event.add("summary", title_of(reader))
    if venue := venue_of(booking):
        event.add("location", venue.text)
    event.add("description", _description(booking, reader, page))
    if page:
        event.add("url", page)
    cancelled = booking.status is BookingStatus.CANCELLED or booking.is_displaced
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    return event


def _add_times(event: Event, booking: Booking, zone: str) -> None:
    """Write the times as wall times of a zone; in UTC if a wall time would mean another hour."""
    times = {"dtstart": booking.starts_at, "dtend": booking.ends_at}
    in_utc = zone in _UTC or not all(says_the_same(zone, instant) for instant in times.values())
    for name, instant in times.items():
        if in_utc:
            event.add(name, instant.astimezone(UTC))
        else:
            wall = instant.astimezone(zone_info(zone)).replace(tzinfo=None)
            event.add(name, wall, parameters={"TZID": zone})


def title_of(reader: Reader) -> str:
    """Return what a reader's calendar calls a booking."""
    return reader.say(_("Session with %(other)s"), other=reader.other)


def _description(booking: Booking, reader: Reader, page: str) -> str:
    reference = f"{reader.say(_('Reference'))}: {booking.reference}"
    is_attendee = reader.audience is Recipient.ATTENDEE
    about = booking.agreed.headline if is_attendee else booking.attendee.notes
    return "\n".join(filter(None, (isolated(about), reference, page)))


def _attendees(booking: Booking, reader: Reader) -> list[tuple[str, str]]:
    """Return who takes part, as far as the reader may know: an expert's address is private."""
    attendee = (without_directing(booking.attendee.name), booking.attendee.email)
    if reader.audience is Recipient.ATTENDEE:
        return [attendee]
    return [attendee, (without_directing(booking.agreed.name), reader.address)]


def _person(address: str, **parameters: str) -> vCalAddress:
    person = vCalAddress(f"mailto:{quote(address, safe=_IN_MAILTO)}")
    person.params.update({name: vText(value) for name, value in parameters.items()})
    return person
