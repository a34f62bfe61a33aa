"""What is urgent goes first, no flood stops anything else, and one connection serves many mails."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from domain.rules.notices import LANES, TURNS, Kind
from domain.store.core.database import Database, Key
from domain.store.documents.mails import Mail
from domain.store.mail import outbox, sending
from tests.mail.support import Postman, a_booking, send_all, sender, smtp_server

LEASE = timedelta(minutes=1)
FLOOD = 30


async def write(database: Database, kind: Kind, due_at: datetime, count: int = 1) -> None:
    """Put so many mails of a kind into the outbox."""
    for _ in range(count):
        mail = Mail(
            id=Key(),
            key=str(Key()),
            kind=kind,
            created_at=due_at,
            due_at=due_at,
            kept_until=due_at + LEASE,
        )
        await outbox.put(database, mail)


async def leased(database: Database, now: datetime, turns: Sequence[int]) -> list[Kind]:
    """Take a mail for each of some turns; return of which kind they are."""
    found = [await lease_one(database, now, first) for first in turns]
    return [mail.kind for mail in found if mail is not None]


async def lease_one(database: Database, now: datetime, first: int) -> Mail | None:
    mails = await sending.draw(database, now=now, first=first)
    return await sending.lease(database, mails[0], now=now, lease_for=LEASE) if mails else None


async def test_of_a_few_mails_the_most_urgent_goes_first(database: Database, now: datetime):
    for kind in (Kind.REMINDER_HOUR, Kind.CONFIRMATION, Kind.SIGN_IN, Kind.OFFER):
        await write(database, kind, now - LEASE)

    assert await leased(database, now, [0] * 5) == [
        *(Kind.OFFER, Kind.SIGN_IN, Kind.CONFIRMATION, Kind.REMINDER_HOUR)
    ]


async def test_who_signs_in_waits_for_no_flood_of_reminders(database: Database, now: datetime):
    await write(database, Kind.REMINDER_DAY, now - LEASE, FLOOD)
    await write(database, Kind.SIGN_IN, now)

    assert await leased(database, now, [0]) == [Kind.SIGN_IN]


async def test_a_flood_of_links_stops_no_reminder(database: Database, now: datetime):
    await write(database, Kind.SIGN_IN, now - LEASE, FLOOD)
    await write(database, Kind.REMINDER_HOUR, now)
    await write(database, Kind.CONFIRMATION, now)

    kinds = await leased(database, now, TURNS)

    assert {Kind.REMINDER_HOUR, Kind.CONFIRMATION} <= {*kinds}
    assert len(kinds) == len(TURNS)


async def test_the_first_lane_of_a_turn_that_is_empty_passes_it_on(
    database: Database, now: datetime
):
    await write(database, Kind.CONFIRMATION, now, FLOOD)

    assert await leased(database, now, range(len(LANES))) == [Kind.CONFIRMATION] * len(LANES)


async def test_a_sender_looks_anew_at_what_is_urgent_a_second_later(
    database: Database, now: datetime
):
    draws = sending.Draws(database)
    await write(database, Kind.REMINDER_DAY, now - LEASE, FLOOD)
    assert await draws.lease(now=now, lease_for=LEASE)
    await write(database, Kind.SIGN_IN, now)

    later = await draws.lease(now=now + timedelta(seconds=1), lease_for=LEASE)

    assert later is not None
    assert later.kind is Kind.SIGN_IN


async def test_senders_who_have_drawn_the_same_mails_lease_each_once(
    database: Database, now: datetime
):
    await write(database, Kind.REMINDER_DAY, now - LEASE, FLOOD)
    both = [sending.Draws(database), sending.Draws(database)]

    leased = [await draws.lease(now=now, lease_for=LEASE) for draws in both * FLOOD]

    assert len({mail.id for mail in leased if mail}) == FLOOD
    assert sum(mail is not None for mail in leased) == FLOOD


async def test_many_mails_go_over_one_connection(database: Database, now: datetime):
    postman = Postman()
    for _ in range(3):
        await a_booking(database, now)

    async with smtp_server(postman) as host:
        await send_all(sender(database, f"smtp://{host}", lambda: now))

    assert (len(postman.taken), len(postman.connections)) == (6, 1)


async def test_a_refused_mail_leaves_the_next_a_connection_of_its_own(
    database: Database, now: datetime
):
    postman = Postman(at_rcpt=["550 no such person"])
    await a_booking(database, now)

    async with smtp_server(postman) as host:
        await send_all(sender(database, f"smtp://{host}", lambda: now))

    assert (len(postman.taken), len(postman.connections)) == (1, 2)


async def test_a_connection_that_the_server_has_ended_costs_no_mail(
    database: Database, now: datetime
):
    postman = Postman()
    await a_booking(database, now)

    async with smtp_server(postman) as host:
        one = sender(database, f"smtp://{host}", lambda: now)
        first = await one.lease()
        assert first is not None
        await one.send(first)
        postman.hang_up()
        await send_all(one)

    assert (len(postman.taken), len(postman.connections)) == (2, 2)
    assert one.watch.since is None
