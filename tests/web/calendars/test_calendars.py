"""A booking in calendars: what the file says, what a mail's part says, and the links."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.headerregistry import Address
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from domain.rules.meetings import MeetingKind
from domain.rules.notices import Recipient
from domain.seeds.factories import AttendeeFactory, BookingFactory, ExpertFactory
from domain.store.documents import Booking, BookingStatus, Expert
from domain.store.documents.agreements import Meeting
from tests.calendars import Read, read
from web.booking.facts import attendee_of, reader_of
from web.calendars.files import Method, calendar_of
from web.calendars.links import calendar_links

SENDER = Address("Expert & Sons", "bookings", "example.org")
PAGE = "https://book.example.org/bookings/R1?a=b"
NOW = datetime(2031, 1, 1, tzinfo=UTC)
BERLIN_SUMMER = datetime(2031, 7, 8, 9, 30, tzinfo=UTC)


def booked(
    starts_at: datetime = BERLIN_SUMMER, *, minutes: int = 30, zone: str = "Europe/Berlin", **fields
) -> Booking:
    attendee = AttendeeFactory.build(
        name='Ann, "A" Arbor; &', email="ann+50%@example.org", zone=zone, notes="x"
    )
    ends_at = starts_at + timedelta(minutes=minutes)
    times: dict[str, Any] = {"starts_at": starts_at, "ends_at": ends_at}
    return BookingFactory.build(**times, attendee=attendee, **fields)


def expert(**fields) -> Expert:
    return ExpertFactory.build(
        **{"name": "Zoë; Ltd, & Sons", "email": "zoe@example.net", "zone": "Asia/Tokyo", **fields}
    )


def written(
    booking: Booking,
    whose: Expert | None = None,
    *,
    method: Method = Method.REQUEST,
    audience: Recipient = Recipient.ATTENDEE,
) -> Read:
    owner = whose or expert()
    made = booking.model_copy(update={"agreed": owner.agreed()})
    reader = reader_of(audience, made, owner)
    page = PAGE if audience is Recipient.ATTENDEE else ""
    content = calendar_of(made, reader, method=method, sender=SENDER, page=page, now=NOW)
    return read(content)


def test_an_event_says_what_was_booked():
    booking = booked()
    found = written(booking)

    assert found.event["uid"] == f"{booking.reference}@expertconnect"
    assert found.event["summary"] == "Session with Zoë; Ltd, & Sons"
    assert found.event["status"] == "CONFIRMED"
    assert found.event["url"] == PAGE
    assert booking.reference in found.event["description"]
    assert found.event.decoded("dtstamp") == NOW
    for name, instant in (("dtstart", booking.starts_at), ("dtend", booking.ends_at)):
        assert found.library_says(name) == found.standard_says(name) == instant


def test_a_change_keeps_the_uid_and_raises_the_sequence():
    booking = booked()
    moved = booking.model_copy(update={"rev": 2})
    cancelled = booking.model_copy(update={"rev": 3, "status": BookingStatus.CANCELLED})

    events = [
        written(booking).event,
        written(moved).event,
        written(cancelled, method=Method.CANCEL).event,
    ]

    assert [event["sequence"] for event in events] == [0, 1, 2]
    assert len({event["uid"] for event in events}) == 1
    assert events[-1]["status"] == "CANCELLED"


@pytest.mark.parametrize("method", Method)
def test_a_calendar_is_told_what_to_do_with_an_event(method):
    assert written(booked(), method=method).calendar["method"] == method.value


def test_a_file_names_no_attendees():
    found = written(booked(), method=Method.PUBLISH)

    assert "attendee" not in found.event
    assert found.event["organizer"] == "mailto:bookings@example.org"


def test_a_mailed_event_names_who_takes_part_and_keeps_the_experts_address_private():
    booking = booked()
    to_attendee, to_expert = (written(booking, audience=audience) for audience in Recipient)

    attendee = to_attendee.event["attendee"]
    assert attendee == "mailto:ann+50%25@example.org"
    assert attendee.params["CN"] == booking.attendee.name
    assert attendee.params["PARTSTAT"] == "ACCEPTED"
    assert b"zoe@example.net" not in to_attendee.calendar.to_ical()
    assert [str(person) for person in to_expert.event["attendee"]] == [
        "mailto:ann+50%25@example.org",
        "mailto:zoe@example.net",
    ]


def test_each_reads_times_in_the_own_zone():
    to_attendee, to_expert = (written(booked(), audience=audience) for audience in Recipient)

    assert to_attendee.event["dtstart"].params["TZID"] == "Europe/Berlin"
    assert to_expert.event["dtstart"].params["TZID"] == "Asia/Tokyo"
    assert to_attendee.library_says("dtstart") == to_expert.library_says("dtstart")


@pytest.mark.parametrize("zone", ["UTC", "Etc/UTC"])
def test_utc_needs_no_zone_beside_it(zone):
    found = written(booked(zone=zone))

    assert "TZID" not in found.event["dtstart"].params
    assert found.calendar.walk("VTIMEZONE") == []


def test_the_second_of_two_hours_with_one_name_is_written_in_utc():
    """Otherwise it would be read as the first: an hour early."""
    back = datetime(2031, 10, 26, 1, tzinfo=UTC)  # in Berlin 3:00 becomes 2:00
    first, second = booked(back - timedelta(minutes=30)), booked(back)

    for booking in (first, second):
        found = written(booking)
        assert found.library_says("dtstart") == booking.starts_at
        assert found.standard_says("dtend") == booking.ends_at
    assert "TZID" not in written(second).event["dtstart"].params
    assert written(booked(back + timedelta(hours=1))).event["dtstart"].params["TZID"]


def links() -> Iterator[tuple[str, dict[str, str]]]:
    booking = booked(agreed=expert().agreed())
    for address in calendar_links(booking, attendee_of(booking), PAGE).values():
        parts = urlsplit(address)
        assert "+" not in parts.query
        assert " " not in parts.query
        yield parts.netloc, dict(parse_qsl(parts.query, strict_parsing=True))


def test_links_carry_every_sign_as_it_is():
    for host, parameters in links():
        title = parameters["text" if "google" in host else "subject"]
        details = parameters["details" if "google" in host else "body"]
        assert title == "Session with Zoë; Ltd, & Sons"
        assert details.endswith(f"\n{PAGE}")


def test_links_carry_the_times_in_utc():
    by_host = dict(links())

    assert by_host["calendar.google.com"]["dates"] == "20310708T093000Z/20310708T100000Z"
    assert by_host["calendar.google.com"]["ctz"] == "Europe/Berlin"
    for host in ("outlook.live.com", "outlook.office.com"):
        assert by_host[host]["startdt"] == "2031-07-08T09:30:00Z"
        assert by_host[host]["enddt"] == "2031-07-08T10:00:00Z"


@pytest.mark.parametrize(
    "text", ["https://meet.example.org/zoe?a=b,c;d", "8 Mill Street,\nLima; 2"]
)
@pytest.mark.parametrize("method", [Method.PUBLISH, Method.REQUEST])
def test_an_event_says_where_it_takes_place(method, text):
    meeting = Meeting(kind=MeetingKind.VIDEO, text=text)

    found = written(booked(), expert(meeting=meeting), method=method)

    assert found.event["location"] == text


def test_links_say_where_it_takes_place_if_anything_is_agreed():
    meeting = Meeting(kind=MeetingKind.ADDRESS, text="8 Mill Street, Lima")
    met, unmet = booked(agreed=expert(meeting=meeting).agreed()), booked(agreed=expert().agreed())

    for booking, location in ((met, "8 Mill Street, Lima"), (unmet, None)):
        for address in calendar_links(booking, attendee_of(booking), PAGE).values():
            assert dict(parse_qsl(urlsplit(address).query)).get("location") == location
