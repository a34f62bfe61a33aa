"""Mail about absences: what it says, and what it makes of calendars."""

from datetime import datetime
from email.message import EmailMessage

import pytest

from domain.store.core.database import Database
from tests.domain.practices import HOUR, Practice, practice_with
from tests.domain.support import DAY
from tests.mail.support import Postman, send_all, sender, smtp_server


@pytest.fixture
async def practice(database: Database, now: datetime) -> Practice:
    return await practice_with(database, now, name="Dr. Rosa Stern")


async def sent(practice: Practice, *, now: datetime | None = None) -> list[EmailMessage]:
    """Send what is due; return it."""
    postman = Postman()
    at = now or practice.now
    async with smtp_server(postman) as host:
        await send_all(sender(practice.database, f"smtp://{host}", lambda: at))
    return postman.taken


async def sent_to_ann(practice: Practice, *, now: datetime | None = None) -> list[EmailMessage]:
    return [mail for mail in await sent(practice, now=now) if mail["To"] == "ann@example.org"]


def part_of(message: EmailMessage, kind: str = "plain") -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def text_of(message: EmailMessage) -> str:
    return " ".join(part_of(message).split())


def calendar_of(message: EmailMessage) -> str:
    (found,) = [part for part in message.walk() if part.get_content_type() == "text/calendar"]
    return str(found.get_content())


async def test_the_first_mail_says_that_it_wont_take_place_and_what_is_offered(practice: Practice):
    booking = await practice.booked(2)
    await practice.away(2, message="I am ill.\nSorry!")

    (mail,) = await sent_to_ann(practice)

    assert mail["Subject"] == "Dr. Rosa Stern can't make it: Thursday 10 Jul, 10:00"
    told = text_of(mail)
    assert "It won't take place at the time below." in told
    assert "I am ill. Sorry!" in told
    assert told.count("on hold for you until") == 3
    assert "Wednesday, 9 July 2031" in told
    assert f"https://book.example.org/bookings/{booking.reference}" in told
    assert "I am ill." in part_of(mail, "html")


async def test_the_first_mail_takes_the_session_out_of_calendars(practice: Practice):
    await practice.booked(2)
    await practice.away(2)

    (mail,) = await sent_to_ann(practice)

    calendar = calendar_of(mail)
    assert "METHOD:CANCEL" in calendar
    assert "STATUS:CANCELLED" in calendar
    assert "SEQUENCE:1" in calendar


async def test_moving_puts_it_into_calendars_again(practice: Practice):
    booking = await practice.booked(2)
    await practice.away(2)
    await sent(practice)
    await practice.move(booking, (await practice.offers(booking))[0])

    (mail,) = await sent_to_ann(practice)

    calendar = calendar_of(mail)
    assert "METHOD:REQUEST" in calendar
    assert "SEQUENCE:2" in calendar
    assert mail["Subject"].startswith("Moved: Dr. Rosa Stern")


async def test_without_a_free_time_it_says_what_else_can_be_done(practice: Practice):
    await practice.booked(2)
    await practice.away(0, 8)

    (mail,) = await sent_to_ann(practice)

    assert "You can choose any free time, or cancel: no deadline holds for you." in text_of(mail)


async def test_no_reminder_of_the_old_time_is_sent(practice: Practice):
    booking = await practice.booked(3)
    await sent(practice)
    await practice.away(3)
    await sent(practice)

    assert await sent(practice, now=booking.starts_at - 23 * HOUR) == []


async def test_a_mail_that_comes_after_the_answer_is_not_sent(practice: Practice):
    booking = await practice.booked(2)
    await practice.away(2)
    await practice.move(booking, (await practice.offers(booking))[0])

    subjects = [str(mail["Subject"]) for mail in await sent_to_ann(practice)]

    assert not [subject for subject in subjects if "can't make it" in subject]


async def test_a_cancellation_for_want_of_an_answer_tells_of_offers_that_last(practice: Practice):
    booking = await practice.booked(2)
    await practice.away(2, offer_hours=72)
    await sent(practice)
    await practice.tick(booking.starts_at)

    (mail,) = await sent_to_ann(practice, now=booking.starts_at)

    assert mail["Subject"].startswith("Cancelled: Dr. Rosa Stern")
    assert "on hold for you until" in text_of(mail)


async def test_an_ordinary_cancellation_offers_nothing(practice: Practice):
    booking = await practice.booked(2)
    await practice.cancel(booking)

    (mail,) = await sent_to_ann(practice)

    assert "on hold" not in text_of(mail)


async def test_who_comes_after_all_is_told_so(practice: Practice):
    booking = await practice.booked(3)
    absence = await practice.away(3)
    await sent(practice)
    await practice.revoke(absence)

    (mail,) = await sent_to_ann(practice)

    assert mail["Subject"].startswith("It takes place: Dr. Rosa Stern, Friday 11 Jul")
    assert "your session takes place as booked" in text_of(mail)
    assert "METHOD:REQUEST" in calendar_of(mail)
    reminders = await sent_to_ann(practice, now=booking.starts_at - DAY)
    assert [str(mail["Subject"]).split(":")[0] for mail in reminders] == ["Reminder"]


async def test_replaced_offers_are_mailed_once_more(practice: Practice):
    await practice.booked(2)
    await practice.away(2)
    await sent(practice)
    await practice.away(1)

    (mail,) = await sent_to_ann(practice)

    assert "Wednesday, 9 July" not in text_of(mail)
    assert "Friday, 11 July" in text_of(mail)
