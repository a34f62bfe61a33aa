"""Mail about waitlist entries: what it says, and that none is sent that is no longer so."""

from datetime import timedelta
from email.message import EmailMessage

from domain import waitlist
from domain.rules.request_limits import Asker
from domain.rules.slots import OFFER_FOR
from domain.store.core.database import Database
from domain.waitlist import EntryRequest
from tests.domain.lines import FullDay, full_day
from tests.mail.support import Postman, send_all, sender, smtp_server

ANN = EntryRequest("Ann@Example.org", "ann", Asker("her place"), "Europe/Berlin", "de")


async def sent_to_ann(database: Database, *, now) -> list[EmailMessage]:
    """Send what is due; return what Ann is sent of it."""
    postman = Postman()
    async with smtp_server(postman) as host:
        await send_all(sender(database, f"smtp://{host}", lambda: now))
    return [message for message in postman.taken if message["To"] == "ann@example.org"]


def text_of(message: EmailMessage) -> str:
    part = message.get_body(("plain",))
    assert part is not None
    return " ".join(part.get_content().split())


async def in_line(database: Database, *, now) -> FullDay:
    """A full day with Ann in line."""
    day = await full_day(database, now=now)
    await waitlist.join(database, day.line, ANN, now=now)
    return day


async def test_a_place_is_confirmed_with_a_way_to_leave_it(database: Database, now):
    day = await in_line(database, now=now)

    (mail,) = await sent_to_ann(database, now=now)

    assert mail["Subject"].startswith(f"Warteliste: {day.expert.name}, Mi.")
    assert "https://book.example.org/waitlist/" in text_of(mail)


async def test_an_offer_says_which_time_and_until_when_in_the_readers_zone(database: Database, now):
    day = await in_line(database, now=now)
    await sent_to_ann(database, now=now)
    await day.cancel(now=now)

    (mail,) = await sent_to_ann(database, now=now)

    assert mail["Subject"] == f"Sie sind an der Reihe: {day.expert.name}, Mi., 9. Juli, 03:00"
    assert "11:40" in text_of(mail)  # ten minutes after half past nine in UTC
    assert "https://book.example.org/waitlist/" in text_of(mail)


async def test_an_offer_that_has_lapsed_is_not_told(database: Database, now):
    day = await in_line(database, now=now)
    await day.cancel(now=now)

    mails = await sent_to_ann(database, now=now + OFFER_FOR)

    assert not [mail for mail in mails if mail["Subject"].startswith("Sie sind an der Reihe")]


async def test_a_place_that_was_left_is_not_told(database: Database, now):
    day = await in_line(database, now=now)
    (wait,) = await day.entries()
    await waitlist.leave(database, wait, now=now + timedelta(seconds=1))

    assert await sent_to_ann(database, now=now + timedelta(seconds=2)) == []
