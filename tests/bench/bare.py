"""The floors at the database: what the program asks and writes, and nothing around it.

By PyMongo's own asynchronous client, on the core that the program would have.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta

from pymongo import AsyncMongoClient
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import PyMongoError

from domain.free_busy import DAYS_AHEAD
from domain.instants import EPOCH
from domain.notices import notices_of_booked
from domain.slots import SlotState
from domain.store.database import Document, Key, database_name
from domain.store.mail import Mail
from domain.store.seeds import BookingFactory
from domain.store.slots import booking_guard, free_guard, transition
from domain.windows import Window
from tests.bench.load import Taken, all_at_once, in_turns
from web import clock

HOLD = timedelta(minutes=5)
MOST_TRIES = 10

_STARTS = {"_id": False, "starts_at": True}

Bare = AsyncDatabase[Document]


@asynccontextmanager
async def connected(uri: str):
    """Connect as the program does."""
    async with AsyncMongoClient[Document](uri, tz_aware=True, w="majority") as client:
        yield client[database_name(uri)]


async def book(uri: str, slots: Sequence[Document], clients: int) -> Taken:
    """Hold and book distinct times: every write that the program makes of it."""
    async with connected(uri) as database:
        await database.slots.find_one({})
        waiting = [_written(slot, f"visitor-{n % clients}") for n, slot in enumerate(slots)]
        turns = [_booking(database, *documents) for documents in waiting]
        return await in_turns(turns, clients)


def _written(slot: Document, visitor_id: str) -> tuple[Document, list[Document]]:
    """Return a booking and its mails, made beforehand: to make them is not the database's work."""
    same = {name: slot[name] for name in ("expert_id", "starts_at", "ends_at")}
    booking = BookingFactory.build(slot_id=slot["_id"], visitor_id=visitor_id, **same)
    now = clock.now()
    notices = notices_of_booked(str(booking.id), 1, starts_at=booking.starts_at, now=now)
    mails = [
        Mail(
            id=Key(),
            key=notice.key,
            kind=notice.kind,
            audience=notice.audience,
            booking_id=booking.id,
            booking_rev=1,
            created_at=now,
            due_at=notice.due_at,
            kept_until=booking.ends_at,
        )
        for notice in notices
    ]
    return dict(booking.model_dump_doc()), [dict(mail.model_dump_doc()) for mail in mails]


def _booking(
    database: Bare, booking: Document, mails: list[Document]
) -> Callable[[], Awaitable[None]]:
    async def turn() -> None:
        now, visitor_id, slot_id = clock.now(), booking["visitor_id"], booking["slot_id"]
        held = transition(
            now, state="held", held_by=visitor_id, held_since=now, held_until=now + HOLD
        )
        older = {"state": "held", "held_by": visitor_id, "held_since": {"$lt": now}}
        result = await database.slots.update_one({"_id": slot_id, **free_guard(now)}, held)
        assert result.modified_count == 1
        await database.slots.find(older, {"_id": True}).to_list()
        await _transaction(database, lambda session: _claim(database, booking, mails, session))

    return turn


async def _claim(
    database: Bare, booking: Document, mails: list[Document], session: AsyncClientSession
) -> None:
    now = clock.now()
    free = {"held_by": None, "held_since": EPOCH, "held_until": EPOCH}
    booked = transition(now, state=SlotState.BOOKED.value, booking_id=booking["_id"], **free)
    mine = {"_id": booking["slot_id"], **booking_guard(booking["visitor_id"], now)}
    waiting = {"booking_id": booking["_id"], "state": "waiting"}
    result = await database.slots.update_one(mine, booked, session=session)
    assert result.modified_count == 1
    await database.bookings.insert_one(booking, session=session)
    await database.outbox.update_many(
        waiting, {"$set": {"state": "overtaken", "settled_at": now}}, session=session
    )
    await database.outbox.insert_many(mails, session=session)


async def _transaction(
    database: Bare, work: Callable[[AsyncClientSession], Awaitable[None]]
) -> None:
    for attempt in range(MOST_TRIES):
        try:
            async with (
                database.client.start_session() as session,
                await session.start_transaction(),
            ):
                return await work(session)
        except PyMongoError as error:
            if not error.has_error_label("TransientTransactionError"):
                raise
        await asyncio.sleep(random.uniform(0, 0.01 * 2**attempt))
    raise AssertionError("a transaction met too many conflicts")


async def lose(uri: str, slot_id: Key, times: int) -> float:
    """Try to hold a taken time, all at once; return the seconds until the last was answered."""
    async with connected(uri) as database:

        async def turn() -> None:
            now = clock.now()
            held = transition(now, state="held", held_by="late", held_until=now + HOLD)
            result = await database.slots.update_one({"_id": slot_id, **free_guard(now)}, held)
            assert result.modified_count == 0

        await all_at_once([turn] * times)
        return await all_at_once([turn] * times)


async def list_experts(uri: str, clients: int, requests: int) -> Taken:
    """Ask what discovery would have to ask, had it no memory: a count, a page, the languages."""
    async with connected(uri) as database:
        listed: Document = {"listed": True}
        order = [("rating", -1), ("sort_name", 1), ("slug", 1)]

        async def turn() -> None:
            await database.experts.count_documents(listed)
            await database.experts.find(listed).sort(order).limit(12).to_list()
            await database.experts.distinct("languages", listed)

        return await in_turns([turn] * requests, clients)


async def read_times(uri: str, slug: str, clients: int, requests: int) -> Taken:
    """Ask what an expert's page asks: what the visitor has, the free times of a month, a day's."""
    async with connected(uri) as database:
        expert = await database.experts.find_one({"slug": slug})
        assert expert is not None
        own: Document = {"expert_id": expert["_id"]}

        async def turn() -> None:
            now = clock.now()
            held: Document = {"state": "held", "held_by": "me", "held_until": {"$gt": now}}
            await database.slots.find(held).to_list()
            await database.waitlist.find({**own, "visitor_id": "me"}).to_list()
            month = {"$gte": now, "$lt": now + timedelta(days=31)}
            free = database.slots.find({**free_guard(now), **own, "starts_at": month}, _STARTS)
            await free.sort("starts_at").to_list()
            day = {"$gte": now, "$lt": now + timedelta(days=1)}
            await database.slots.find({**own, "starts_at": day}).sort("starts_at").to_list()

        return await in_turns([turn] * requests, clients)


async def read_window(uri: str, window: Window, clients: int, requests: int) -> Taken:
    """Ask for everybody's claimable times that start within a window."""
    async with connected(uri) as database:

        async def turn() -> None:
            within = {"$gte": window.start, "$lt": window.end}
            for state in (SlotState.HELD, SlotState.OPEN):
                await database.slots.find({"state": state.value, "starts_at": within}).to_list()

        return await in_turns([turn] * requests, clients)


async def read_two_months(uri: str, slug: str, clients: int, requests: int) -> Taken:
    """Ask what an expert's availability is made of."""
    async with connected(uri) as database:
        expert = await database.experts.find_one({"slug": slug})
        assert expert is not None

        async def turn() -> None:
            start = clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
            ahead = {"$gte": start, "$lt": start + timedelta(days=DAYS_AHEAD)}
            times = database.slots.find({"expert_id": expert["_id"], "starts_at": ahead})
            await times.sort("starts_at").to_list()

        return await in_turns([turn] * requests, clients)
