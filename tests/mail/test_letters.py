"""What letters say: to whom, in which zone and language, and in which parts."""

import re
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from typing import Any

import pytest
from odmantic import ObjectId

from domain.rules.notices import Kind, Recipient
from domain.seeds.factories import AttendeeFactory, BookingFactory, ExpertFactory, SlotFactory
from domain.store.documents import Booking, BookingStatus, Change, Expert, Party, SignInLink, Step
from tests.calendars import read
from tests.factories import request_of
from tests.mail.support import MAIL_FROM, letters
from web.mail.mime import message_of
from web.mail.stationery import Letter
from web.mail.wording import OPENINGS

STARTS_AT = datetime(2031, 7, 8, 9, 30, tzinfo=UTC)
NOW = STARTS_AT - timedelta(days=3)
OF_BOOKINGS = [kind for kind in Kind if (kind, Recipient.ATTENDEE) in OPENINGS]
OF_BOTH = [kind for kind in OF_BOOKINGS if (kind, Recipient.EXPERT) in OPENINGS]
CALLED_OFF = [Kind.CANCELLATION, Kind.ABSENCE, Kind.HANDOVER]
CHANGES = [Kind.CONFIRMATION, Kind.RESCHEDULE, Kind.RESTORATION, Kind.TAKEOVER, *CALLED_OFF]


def booked(starts_at: datetime = STARTS_AT, **attendee) -> Booking:
    who = {"name": "Ann & Ben", "email": "ann@example.org", "phone": "+49 30 1", "notes": "My <b>"}
    times: dict[str, Any] = {"starts_at": starts_at, "ends_at": starts_at + timedelta(minutes=30)}
    history = [
        Change(step=Step.BOOKED, at=NOW, starts_at=starts_at - timedelta(days=7), ends_at=NOW),
        Change(step=Step.RESCHEDULED, at=NOW, **times),
    ]
    return BookingFactory.build(
        reference="ABCDEFGH2345",
        attendee=AttendeeFactory.build(**{**who, **attendee}),
        history=history,
        **times,
    )


def expert(**fields) -> Expert:
    usual = {"name": "Zoë Ok", "email": "zoe@example.net", "zone": "Asia/Tokyo", "languages": []}
    return ExpertFactory.build(**{**usual, **fields})


def letter(
    kind: Kind = Kind.CONFIRMATION,
    audience: Recipient = Recipient.ATTENDEE,
    booking: Booking | None = None,
    whose: Expert | None = None,
    now: datetime = NOW,
) -> Letter:
    """A letter about a booking that agrees with its expert's current profile."""
    owner = whose or expert()
    made = (booking or booked()).model_copy(update={"agreed": owner.agreed()})
    return letters().bookings.about(kind, audience, made, owner, now)


@pytest.mark.parametrize("kind", OF_BOOKINGS)
def test_an_attendee_is_told_when_with_whom_and_where_to_change_it(kind):
    found = letter(kind)

    assert found.to == "ann@example.org"
    assert "Zoë Ok" in found.subject
    assert "Tuesday 8 Jul, 11:30" in found.subject
    for words in (
        "Zoë Ok",
        "Tuesday, 8 July 2031, 11:30\N{EN DASH}12:00, Berlin (Central European Time)",
        "Tuesday, 8 July 2031, 18:30\N{EN DASH}19:00, Tokyo (Japan Time)",
        "ABCDEFGH2345",
        "https://book.example.org/bookings/ABCDEFGH2345",
    ):
        assert words in found.text
        assert words in found.html
    assert "zoe@example.net" not in found.text + found.html + found.calendar


@pytest.mark.parametrize("kind", OF_BOTH)
def test_an_expert_is_told_who_comes_and_how_to_reach_them(kind):
    found = letter(kind, Recipient.EXPERT)

    assert (found.to, found.reply_to) == ("zoe@example.net", "ann@example.org")
    for words in ("Ann & Ben", "18:30\N{EN DASH}19:00, Tokyo", "ann@example.org", "+49 30 1"):
        assert words in found.text
    assert re.findall(r"\S+/bookings/\S+", found.text) == [
        "https://book.example.org/desk/bookings/ABCDEFGH2345"
    ]


@pytest.mark.parametrize(
    ("by", "reader", "opening"),
    [
        (Party.EXPERT, Recipient.ATTENDEE, "had to cancel your session."),
        (Party.EXPERT, Recipient.EXPERT, "is cancelled."),
        (Party.ATTENDEE, Recipient.ATTENDEE, "is cancelled."),
        (Party.ATTENDEE, Recipient.EXPERT, "has cancelled the session with you."),
        (None, Recipient.EXPERT, "is cancelled."),
    ],
)
def test_a_cancellation_says_whose_it_was_to_the_other(by, reader, opening):
    cancelled = booked().model_copy(update={"cancelled_by": by})

    found = letter(Kind.CANCELLATION, reader, cancelled)

    assert opening in found.text


def test_the_experts_message_is_in_the_mail_and_not_in_the_calendar():
    said = {"cancelled_by": Party.EXPERT, "cancel_message": "I am <ill>.", "note": "secret"}

    found = letter(Kind.CANCELLATION, booking=booked().model_copy(update=said))

    assert "Message from the expert: I am <ill>." in found.text
    assert "I am &lt;ill&gt;." in found.html
    assert "ill" not in found.calendar
    assert "secret" not in found.text + found.html + found.calendar


def test_text_is_plain_and_html_is_escaped():
    found = letter(audience=Recipient.EXPERT)

    assert "My <b>" in found.text
    assert "Ann & Ben" in found.text
    assert "My &lt;b&gt;" in found.html
    assert "Ann &amp; Ben" in found.html


def test_names_leave_the_direction_of_what_stands_behind_them():
    name, notes = "\N{RIGHT-TO-LEFT OVERRIDE}שרה", "שרה\N{RIGHT-TO-LEFT ISOLATE}\nabc"
    isolated = "\u2068שרה\u2069"

    theirs = letter(whose=expert(name=name))
    experts = letter(audience=Recipient.EXPERT, booking=booked(name=name, notes=notes))

    assert theirs.subject == f"Booked: {isolated}, Tuesday 8 Jul, 11:30"
    assert experts.subject == f"Booked: {isolated}, Tuesday 8 Jul, 18:30"
    for found in (theirs, experts):
        calendar = read(found.calendar).event
        assert calendar["summary"] == f"Session with {isolated}"
        for text in (found.subject, found.text, found.html, found.calendar):
            assert "\u202e" not in text
            assert "\u2067" not in text
    for text in (experts.text, experts.html):
        assert f"{isolated} has booked" in text
        assert "\u2068שרה\u2069\n\u2068abc\u2069" in text
    assert "CN=שרה;" in experts.calendar.replace("\r\n ", "")


def test_one_zone_is_named_once_where_both_share_it():
    found = letter(whose=expert(zone="Europe/Berlin"))

    assert found.text.count("Berlin") == 1


def test_everybody_is_written_to_in_the_own_language():
    german = letter(booking=booked(language="de"))
    english = letter(Kind.CONFIRMATION, Recipient.EXPERT, whose=expert(languages=["fr", "en"]))
    by_language = letter(Kind.CONFIRMATION, Recipient.EXPERT, whose=expert(languages=["fr", "de"]))

    assert german.subject.startswith("Gebucht: ")
    assert "Dienstag, 8. Juli 2031" in german.text
    assert '<html lang="de">' in german.html
    assert "SUMMARY:Termin mit Zoë Ok" in german.calendar
    assert english.subject.startswith("Booked: ")
    assert by_language.subject.startswith("Gebucht: ")


@pytest.mark.parametrize("kind", [Kind.CONFIRMATION, Kind.RESCHEDULE, Kind.REMINDER_DAY])
def test_a_clock_change_until_then_is_pointed_out(kind):
    winter = datetime(2031, 10, 27, 9, tzinfo=UTC)
    note = "In Berlin the clocks go back by 1 hour on Sunday 26 October."

    changed = letter(kind, booking=booked(winter), now=winter - timedelta(days=2))
    later = letter(kind, booking=booked(winter), now=winter - timedelta(hours=20))

    assert note in changed.text
    assert note in changed.html
    assert "clocks" not in later.text


def test_a_rescheduled_booking_says_when_it_was_to_be():
    moved, confirmed = letter(Kind.RESCHEDULE), letter(Kind.CONFIRMATION)

    assert "Before: Tuesday, 1 July 2031, 11:30" in moved.text
    assert "Before" not in confirmed.text


@pytest.mark.parametrize(("kind", "audience"), OPENINGS)
def test_calendars_are_told_of_changes_and_of_nothing_else(kind, audience):
    cancelled = booked().model_copy(update={"status": BookingStatus.CANCELLED})
    found = letter(kind, audience, cancelled if kind is Kind.CANCELLATION else None)

    if kind not in CHANGES:
        assert found.calendar == ""
        return
    method = "CANCEL" if kind in CALLED_OFF else "REQUEST"
    assert read(found.calendar).calendar["method"] == found.method == method
    assert read(found.calendar).library_says("dtstart") == STARTS_AT


def test_a_message_has_text_html_and_a_part_for_calendars():
    found = letter()
    content = message_of(found, sender=MAIL_FROM, key="1", now=NOW).content
    message = message_from_bytes(content, policy=policy.default)

    mixed = [part.get_content_type() for part in message.iter_parts()]
    alternatives = list(next(message.iter_parts()).iter_parts())
    calendar = alternatives[-1]
    assert mixed == ["multipart/alternative", "application/ics"]
    assert [part.get_content_type() for part in alternatives] == [
        "text/plain",
        "text/html",
        "text/calendar",
    ]
    assert calendar.get_param("method") == "REQUEST"
    assert calendar.get_param("charset") == "utf-8"
    assert calendar.get_content() == found.calendar
    (file,) = message.iter_attachments()
    assert file.get_content() == found.calendar.encode()


def test_a_message_fits_every_mail_server():
    long = booked(notes="ä" * 990 + "\n.\nFrom here")
    content = message_of(
        letter(Kind.CONFIRMATION, Recipient.EXPERT, long), sender=MAIL_FROM, key="1", now=NOW
    ).content

    assert content.isascii()
    assert all(len(line) <= 998 for line in content.split(b"\r\n"))
    assert b"\n" not in content.replace(b"\r\n", b"")


@pytest.mark.parametrize(
    ("language", "subject", "words"),
    [
        ("en", "Confirm your booking: ", "on hold until 11:30."),
        ("de", "Buchung bestätigen: ", "bis 11:30 für Sie reserviert"),
    ],
)
def test_a_booking_is_confirmed_by_a_letter_without_a_word_that_a_stranger_typed(
    language, subject, words
):
    slot = SlotFactory.build(starts_at=STARTS_AT, changed_at=NOW)
    typed = {"name": "Win a prize", "notes": "at prizes.example", "zone": "Europe/Berlin"}
    request = request_of(slot, "ann@example.org", NOW, held_until=NOW)
    attendee = request.attendee.model_copy(update={**typed, "language": language})
    asked = request.model_copy(update={"attendee": attendee})

    found = letters().requests.about(asked, slot, expert())

    assert found.to == "ann@example.org"
    assert found.subject.startswith(subject)
    assert words in " ".join(found.text.split())
    assert "https://book.example.org/bookings/confirm/" in found.html
    for text in (found.subject, found.text, found.html):
        assert "prize" not in text


@pytest.mark.parametrize(
    ("language", "subject", "words"),
    [
        ("en", "Your link to your bookings", "once, until 10:00 UTC"),
        ("de", "Ihr Link zu Ihren Buchungen", "einmal, bis 10:00 Uhr UTC"),
    ],
)
def test_a_sign_in_link_is_written_in_the_language_of_the_page(language, subject, words):
    link = SignInLink(
        id=ObjectId(),
        key="a key",
        address="ann@example.org",
        created_at=STARTS_AT,
        expires_at=STARTS_AT + timedelta(minutes=30),
    )

    found = letters().sign_in(link, language)

    assert found.subject == subject
    assert words in found.text
    assert "https://book.example.org/bookings/link/" in found.html
