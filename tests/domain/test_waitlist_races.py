"""Many times that come free at once over one line, from as many connections as ten servers have."""

import asyncio
from collections import Counter
from contextlib import AsyncExitStack
from datetime import datetime, timedelta

import pytest

from domain import waitlist
from domain.rules.errors import Code, Refusal
from domain.rules.slots import OFFER_FOR, SlotState
from domain.store.audit import audit
from domain.store.core.database import Database, connect
from domain.store.documents import Slot
from domain.store.documents.waitlist import EntryState, WaitlistEntry
from domain.store.waitlist import offers
from domain.store.waitlist.entries import lapsed
from tests.domain.lines import FullDay, full_day
from tests.waiting import PATIENCE_S

SERVERS = 10
SECOND = timedelta(seconds=1)


@pytest.fixture
async def servers(database_uri: str):
    """Connections of their own to the test's database."""
    async with AsyncExitStack() as stack:
        connected = [connect(database_uri) for _ in range(SERVERS)]
        for database in connected:
            stack.push_async_callback(database.close)
        yield connected


async def cancel_all(day: FullDay, servers: list[Database], *, now: datetime) -> None:
    """Have all guests cancel at once, each at one of the servers, again where that is busy."""
    days = [FullDay(server, day.expert, day.line, day.slots, day.bookings) for server in servers]
    count = len(day.bookings)

    async def insist(n: int) -> None:
        while True:
            try:
                return await days[n % len(days)].cancel(n, now=now)
            except Refusal as refusal:
                if refusal.code is not Code.BUSY:
                    raise

    async with asyncio.timeout(PATIENCE_S):
        await asyncio.gather(*(insist(n) for n in range(count)))


async def holders(day: FullDay) -> list[str | None]:
    """To whom each time is offered."""
    return [await day.holder(n) for n in range(len(day.slots))]


async def test_50_times_that_come_free_at_once_go_to_the_first_50_in_line(
    database: Database, servers: list[Database], now
):
    day = await full_day(database, now=now, times=50)
    for n in range(60):
        await day.join(f"person {n:02}", now=now + n * SECOND)

    await cancel_all(day, servers, now=now + 100 * SECOND)

    assert Counter(await holders(day)) == Counter(f"person {n:02}" for n in range(50))
    waiting = [p.visitor_id for p in await day.entries() if p.state is EntryState.WAITING]
    assert waiting == [f"person {n:02}" for n in range(50, 60)]
    assert await audit(database) == []


async def test_what_is_left_when_the_line_ends_is_everybodys(
    database: Database, servers: list[Database], now
):
    day = await full_day(database, now=now, times=20)
    for n in range(5):
        await day.join(f"person {n}", now=now + n * SECOND)

    await cancel_all(day, servers, now=now + 100 * SECOND)

    found = sorted(holder or "" for holder in await holders(day))
    assert found == [*[""] * 15, *(f"person {n}" for n in range(5))]


async def test_offers_that_lapse_at_once_are_passed_on_once_each_by_all_servers_together(
    database: Database, servers: list[Database], now
):
    day = await full_day(database, now=now, times=10)
    for n in range(15):
        await day.join(f"person {n:02}", now=now + n * SECOND)
    await cancel_all(day, servers, now=now + 100 * SECOND)
    later = now + 100 * SECOND + OFFER_FOR

    async def pass_on(server: Database) -> list[bool]:
        waits = await lapsed(server, later, limit=100)
        return [await offers.end(server, wait, now=later) for wait in waits]

    ended = await asyncio.gather(*(pass_on(server) for server in servers))

    assert sum(map(sum, ended)) == 10
    names = [f"person {n}" for n in range(10, 15)]
    assert Counter(await holders(day)) == Counter([*names, *[None] * 5])
    assert await audit(database) == []


async def test_an_offer_that_is_booked_declined_and_taken_at_once_has_one_end(
    database: Database, now
):
    ends = Counter[SlotState]()
    for n in range(10):
        day = await full_day(database, now=now + n * SECOND)
        await day.join("ann", now=now)
        await day.cancel(now=now)
        (wait,) = await day.entries()

        await asyncio.gather(
            waitlist.leave(database, wait, now=now),
            waitlist.take(database, wait.key, "phone", now=now),
            offers.end(database, wait, now=now + OFFER_FOR),
            return_exceptions=True,
        )

        ends[(await day.current()).state] += 1
        assert await day.entries() == []
    assert ends == {SlotState.OPEN: 10}
    assert await audit(database) == []


async def test_the_race_tests_can_fail(database: Database, now, monkeypatch: pytest.MonkeyPatch):
    """The negative control: outside its transaction, one person is offered several times."""

    async def look_then_write(database, guard, *, booked_by=None, now, session):  # noqa: ARG001
        slot = await database.engine.find_one(Slot, {"_id": guard["_id"]})
        wait = await database.engine.find_one(
            WaitlistEntry, {"state": "waiting"}, sort=WaitlistEntry.joined_at
        )
        await asyncio.sleep(0.05)
        offer = {"state": "offered", "held_by": wait.visitor_id}
        await database.collection(Slot).update_one({"_id": slot.id}, {"$set": offer})

    monkeypatch.setattr(offers, "free", look_then_write)
    day = await full_day(database, now=now, times=5)
    for n in range(5):
        await day.join(f"person {n}", now=now + n * SECOND)

    await cancel_all(day, [database], now=now)

    assert max(Counter(await holders(day)).values()) > 1
    assert await audit(database) != []
