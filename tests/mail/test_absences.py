"""Mail about absences: what it says, and what it makes of calendars."""

import re
from datetime import datetime
from email.message import EmailMessage
from typing import Any

import pytest

from domain.store.core.database import Database
from domain.store.documents import Booking
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

    assert "You can choose any free time, or cancel: no deadlines apply to you." in text_of(mail)


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


LEGAL: dict[str, Any] = {"category": "Legal", "currency": "EUR", "price_minor": 9_000}


async def taken_over(practice: Practice) -> Booking:
    """A session that Ben Carter has taken over from Dr. Rosa Stern; earlier mail is sent."""
    booking = await practice.booked(2)
    await practice.away(0, 8)
    await sent(practice)
    return await practice.move(booking, (await practice.offers(booking))[0])


@pytest.fixture
async def rosa(database: Database, now: datetime) -> Practice:
    """An expert with a colleague who stands in for her, and charges less."""
    ben: dict[str, Any] = {**LEGAL, "price_minor": 7_500, "email": "ben@example.com"}
    await practice_with(database, now, name="Ben Carter", stands_in=True, **ben)
    mine = {**LEGAL, "email": "rosa@example.com"}
    return await practice_with(database, now, name="Dr. Rosa Stern", **mine)


async def test_the_first_mail_says_which_times_are_another_experts(rosa: Practice):
    await rosa.booked(2)
    await rosa.away(0, 8)

    (mail,) = await sent_to_ann(rosa)

    assert text_of(mail).count("with Ben Carter, €75") == 3
    assert "you meet that expert instead" in text_of(mail)
    assert "with Ben Carter, €75" in part_of(mail, "html")


async def test_all_three_hear_that_a_stand_in_takes_over(rosa: Practice):
    booking = await taken_over(rosa)

    mails = {str(mail["To"]): mail for mail in await sent(rosa)}

    assert {*mails} == {"ann@example.org", "rosa@example.com", "ben@example.com"}
    texts = {to: text_of(mail) for to, mail in mails.items()}
    assert "you meet Ben Carter instead of Dr. Rosa Stern" in texts["ann@example.org"]
    assert "Price: €75" in texts["ann@example.org"]
    assert "Ann now meets Ben Carter instead of you." in texts["rosa@example.com"]
    assert "/desk/bookings/" not in texts["rosa@example.com"]
    assert "Price" not in texts["rosa@example.com"]
    assert "You stand in for Dr. Rosa Stern: Ann now has" in texts["ben@example.com"]
    assert f"/desk/bookings/{booking.reference}" in texts["ben@example.com"]


async def test_calendars_lose_the_session_on_one_side_and_get_it_on_the_other(rosa: Practice):
    await taken_over(rosa)

    calendars = {str(mail["To"]): calendar_of(mail) for mail in await sent(rosa)}

    methods = {
        to: re.findall(r"^(?:METHOD|STATUS|SEQUENCE):(\w+)", text, re.MULTILINE)
        for to, text in calendars.items()
    }
    assert methods == {
        "ann@example.org": ["REQUEST", "2", "CONFIRMED"],
        "rosa@example.com": ["CANCEL", "2", "CANCELLED"],
        "ben@example.com": ["REQUEST", "2", "CONFIRMED"],
    }


async def test_the_former_expert_hears_of_it_though_the_session_was_cancelled_at_once(
    rosa: Practice,
):
    await rosa.cancel(await taken_over(rosa))

    mails = {str(mail["To"]): str(mail["Subject"]) for mail in await sent(rosa)}

    assert mails["rosa@example.com"].startswith("Off: Ann, Thursday 10 Jul, 10:00")
    assert mails["ben@example.com"].startswith("Cancelled")


async def test_a_cancellation_whose_offers_last_says_how_to_confirm_again(practice: Practice):
    booking = await practice.booked(2)
    await practice.away(2, offer_hours=72)
    await sent(practice)
    await practice.tick(booking.starts_at)

    (mail,) = await sent_to_ann(practice, now=booking.starts_at)

    assert "confirms it again, at the time you choose" in text_of(mail)
    assert "or cancel" not in text_of(mail)
