"""A booking as calendars take it, in a file or in a mail (RFC 5545, RFC 5546)."""

from datetime import UTC, datetime
from email.headerregistry import Address
from enum import StrEnum
from urllib.parse import quote

from icalendar import Calendar, Event, vCalAddress, vText

from domain.notices import Audience
from domain.store.documents import Booking, BookingStatus, Expert
from domain.texts import isolated, without_directing
from web.languages import marked as _
from web.mail.facts import Reader
from web.vtimezones import says_the_same, vtimezone
from web.zones import zone_info

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
    expert: Expert,
    reader: Reader,
    *,
    method: Method,
    sender: Address,
    page: str,
    now: datetime,
) -> bytes:
    """Return a calendar with one event: the same UID ever, a SEQUENCE that rises with each change.

    Args:
        booking: As it is.
        expert: Whose time it is. The address stays private: the organizer is the sender of mail.
        reader: Whose calendar it is for; its times stand in their zone, in their language.
        method: PUBLISH for a file, with no attendees in it; the others for mail.
        sender: Who sends mail here.
        page: Where the booking is changed, or nothing.
        now: The present instant.
    """
    event = _event(booking, expert, reader, page, now)
    event.add("organizer", _person(sender.addr_spec, CN=sender.display_name or "ExpertConnect"))
    if method is not Method.PUBLISH:
        for name, address in _attendees(booking, expert, reader):
            taking_part = {"ROLE": "REQ-PARTICIPANT", "PARTSTAT": "ACCEPTED", "RSVP": "FALSE"}
            event.add("attendee", _person(address, CN=name, **taking_part))
    calendar = Calendar()
    calendar.add("prodid", "-//ExpertConnect//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method.value)
    if "TZID" in event["dtstart"].params:
        calendar.add_component(vtimezone(reader.zone, booking.starts_at, booking.ends_at))
    calendar.add_component(event)
    return bytes(calendar.to_ical())


def _event(booking: Booking, expert: Expert, reader: Reader, page: str, now: datetime) -> Event:
    event = Event()
    event.add("uid", f"{booking.reference}@expertconnect")
    event.add("sequence", booking.rev - 1)
    event.add("dtstamp", now)
    event.add("created", booking.created_at)
    event.add("last-modified", booking.changed_at)
    _add_times(event, booking, reader.zone)
    event.add("summary", title_of(reader))
    event.add("description", _description(booking, expert, reader, page))
    if page:
        event.add("url", page)
    cancelled = booking.status is BookingStatus.CANCELLED
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    return event


def _add_times(event: Event, booking: Booking, zone: str) -> None:
    """Write the times as wall times of a zone; in UTC where a wall time would mean another hour."""
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


def _description(booking: Booking, expert: Expert, reader: Reader, page: str) -> str:
    reference = f"{reader.say(_('Reference'))}: {booking.reference}"
    about = expert.headline if page else booking.attendee.notes
    return "\n".join(filter(None, (isolated(about), reference, page)))


def _attendees(booking: Booking, expert: Expert, reader: Reader) -> list[tuple[str, str]]:
    """Return who takes part, as far as the reader may know: an expert's address is private."""
    attendee = (without_directing(booking.attendee.name), booking.attendee.email)
    if reader.audience is Audience.ATTENDEE:
        return [attendee]
    return [attendee, (without_directing(expert.name), expert.email)]


def _person(address: str, **parameters: str) -> vCalAddress:
    person = vCalAddress(f"mailto:{quote(address, safe=_IN_MAILTO)}")
    person.params.update({name: vText(value) for name, value in parameters.items()})
    return person
