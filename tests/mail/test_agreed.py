"""Mails say what was agreed, in the words that they always had, whatever the profile says now."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domain.rules.meetings import MeetingKind
from domain.rules.notices import Kind, Recipient
from domain.seeds.factories import AttendeeFactory, BookingFactory, ExpertFactory
from domain.store.documents import Booking, BookingStatus, Expert
from domain.store.documents.agreements import Meeting
from tests.calendars import read
from tests.mail.support import letters
from tests.profiles import AFTER, BEFORE, LINK
from web.mail.stationery import Letter
from web.mail.wording import OPENINGS

STARTS_AT = datetime(2031, 7, 8, 9, 30, tzinfo=UTC)
NOW = STARTS_AT - timedelta(days=3)
LETTERS = list(OPENINGS)
TELLING = [(kind, whom) for kind, whom in LETTERS if kind is not Kind.HANDOVER]
"""Those that say what was agreed; it no longer concerns an expert whose session a stand-in has."""
WITH_VENUE = [(kind, whom) for kind, whom in TELLING if kind is not Kind.CANCELLATION]


def booked(expert: Expert, **attendee: Any) -> Booking:
    return BookingFactory.build(
        reference="ABCDEFGH2345",
        starts_at=STARTS_AT,
        attendee=AttendeeFactory.build(email="ann@example.org", **attendee),
        agreed=expert.agreed(),
    )


def letter(kind: Kind, audience: Recipient, booking: Booking, expert: Expert) -> Letter:
    is_over = kind is Kind.CANCELLATION
    status = BookingStatus.CANCELLED if is_over else BookingStatus.CONFIRMED
    told = booking.model_copy(update={"status": status})
    return letters().bookings.about(kind, audience, told, expert, NOW)


@pytest.mark.parametrize(("kind", "audience"), LETTERS)
@pytest.mark.parametrize("field", AFTER)
def test_no_change_of_the_profile_changes_a_letter(kind, audience, field):
    before = ExpertFactory.build(**BEFORE)
    after = before.model_copy(update={field: AFTER[field]})
    booking = booked(before)

    assert letter(kind, audience, booking, after) == letter(kind, audience, booking, before)


@pytest.mark.parametrize(("kind", "audience"), TELLING)
def test_a_new_booking_tells_of_the_new_profile(kind, audience):
    """The control: a letter does say what the profile said when its booking was made."""
    before = ExpertFactory.build(**BEFORE)
    after = before.model_copy(update=AFTER)

    old, new = (letter(kind, audience, booked(expert), after) for expert in (before, after))

    told = [("€42", "$99"), ("Tokyo", "Lima"), ("Zoë Early", "Zoë Later")]
    if kind is not Kind.CANCELLATION:
        told.append((LINK, "12 Station Road, Lima"))
    for was, is_now in told:
        for text_of in ("text", "html"):
            assert was in getattr(old, text_of)
            assert is_now in getattr(new, text_of)
            assert is_now not in getattr(old, text_of)


@pytest.mark.parametrize(("kind", "audience"), WITH_VENUE)
@pytest.mark.parametrize(
    ("meeting", "line"),
    [
        (Meeting(kind=MeetingKind.VIDEO, text=LINK), f"Video call: {LINK}\n"),
        (
            Meeting(kind=MeetingKind.PHONE, text="+44 20 7946 0001"),
            "Phone call: +44 20 7946 0001\n",
        ),
        (Meeting(kind=MeetingKind.ADDRESS, text="8 Mill Street"), "Where: 8 Mill Street\n"),
    ],
)
def test_both_learn_how_they_meet(kind, audience, meeting, line):
    expert = ExpertFactory.build(**{**BEFORE, "meeting": meeting})

    found = letter(kind, audience, booked(expert), expert)

    assert line in found.text
    assert meeting.text in found.html
    if found.calendar:
        assert read(found.calendar).event["location"] == meeting.text


@pytest.mark.parametrize("audience", Recipient)
def test_a_cancellation_says_no_longer_where(audience):
    expert = ExpertFactory.build(**BEFORE)

    found = letter(Kind.CANCELLATION, audience, booked(expert), expert)

    assert LINK not in found.text + found.html + found.calendar


def test_where_nothing_is_agreed_nothing_is_said():
    expert = ExpertFactory.build(**{**BEFORE, "meeting": Meeting()})

    found = letter(Kind.CONFIRMATION, Recipient.ATTENDEE, booked(expert), expert)

    assert "location" not in read(found.calendar).event
    assert not [name for name in ("Video", "Phone call", "Where") if name in found.text]


@pytest.mark.parametrize(
    ("language", "line"), [("en", "Price: free of charge\n"), ("de", "Preis: kostenlos\n")]
)
def test_a_session_that_costs_nothing_is_free_of_charge(language, line):
    expert = ExpertFactory.build(**{**BEFORE, "price_minor": 0})

    found = letter(Kind.CONFIRMATION, Recipient.ATTENDEE, booked(expert, language=language), expert)

    assert line in found.text


def test_how_they_meet_is_said_in_german():
    expert = ExpertFactory.build(**BEFORE)

    found = letter(Kind.CONFIRMATION, Recipient.ATTENDEE, booked(expert, language="de"), expert)

    assert f"Videogespräch: {LINK}\n" in found.text
