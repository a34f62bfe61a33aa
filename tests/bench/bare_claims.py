"""The floors of what changes something: holds and bookings, each write that they must make."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from functools import partial

from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.errors import PyMongoError

from domain.rules.booking_events import BookingChange, BookingEvent
from domain.rules.instants import EPOCH
from domain.rules.notices import notices_of
from domain.rules.slots import LONGEST_SESSION, SlotState
from domain.seeds.factories import BookingFactory
from domain.store.core.database import Document, Key
from domain.store.documents.mails import Mail
from domain.store.slots.guards import booking_guard, free_guard, transition
from tests.bench.bare import Bare, connected
from tests.bench.load import Taken, Turn, all_at_once, in_turns
from web.http import clock

HOLD = timedelta(minutes=5)
MOST_TRIES = 10


async def book(uri: str, slots: Sequence[Document], clients: int, *, holding: bool = True) -> Taken:
    """Book distinct times: every write that it takes, and no read that could be saved.

    Args:
        uri: The database.
        slots: The times.
        clients: How many book at once.
        holding: Whether each is held first, and a form is shown.
    """
    async with connected(uri) as database:
        waiting = [_written(slot, f"visitor-{n % clients}") for n, slot in enumerate(slots)]
        turns = [_booking(database, *documents, holding=holding) for documents in waiting]
        return await in_turns(turns, clients, warming=len(turns) // 10)


def _written(slot: Document, visitor_id: str) -> tuple[Document, list[Document]]:
    """Return a booking and its mails, made beforehand: to make them is not the database's work."""
    same = {name: slot[name] for name in ("expert_id", "starts_at", "ends_at")}
    booking = BookingFactory.build(slot_id=slot["_id"], visitor_id=visitor_id, **same)
    now = clock.now()
    change = BookingChange(
        BookingEvent.BOOKED, str(booking.id), 1, booking.starts_at, booking.ends_at, now
    )
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
        for notice in notices_of(change)
    ]
    return dict(booking.model_dump_doc()), [dict(mail.model_dump_doc()) for mail in mails]


def _booking(database: Bare, booking: Document, mails: list[Document], *, holding: bool) -> Turn:
    at_that_time = {
        "address": booking["address"],
        "status": "confirmed",
        "starts_at": {"$gt": booking["starts_at"] - LONGEST_SESSION, "$lt": booking["ends_at"]},
    }

    async def turn() -> None:
        if holding:
            await _hold_and_look(database, {"_id": booking["slot_id"]}, booking["visitor_id"])
        await database.bookings.find(at_that_time).to_list()
        claim = partial(_claim, database, booking, mails, holding=holding)
        await _transaction(database, claim)

    return turn


async def _hold_and_look(database: Bare, own: Document, visitor_id: str) -> None:
    now = clock.now()
    older = {"state": "held", "held_by": visitor_id, "held_since": {"$lt": now}}
    result = await database.slots.update_one({**own, **free_guard(now)}, _held(visitor_id, now))
    assert result.modified_count == 1
    await database.slots.find(older, {"_id": True}).to_list()
    assert await database.slots.find_one(own)  # the form shows it


def _held(visitor_id: str, now: datetime) -> Document:
    return transition(now, state="held", held_by=visitor_id, held_since=now, held_until=now + HOLD)


async def _claim(
    database: Bare,
    booking: Document,
    mails: list[Document],
    session: AsyncClientSession,
    *,
    holding: bool,
) -> None:
    now = clock.now()
    free = {"held_by": None, "held_since": EPOCH, "held_until": EPOCH}
    booked = transition(now, state=SlotState.BOOKED.value, booking_id=booking["_id"], **free)
    guard = booking_guard(booking["visitor_id"], now) if holding else free_guard(now)
    own = {"_id": booking["slot_id"], **guard}
    result = await database.slots.update_one(own, booked, session=session)
    assert result.modified_count == 1
    await database.bookings.insert_one(booking, session=session)
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


async def contend(uri: str, slot_ids: Sequence[Key], times: int) -> float:
    """Hold one time after the other, all at once; return the seconds that the last one took."""
    async with connected(uri) as database:
        for slot_id in slot_ids:
            changed: list[int] = []
            turns = [_hold(database, slot_id, f"visitor-{n}", changed) for n in range(times)]
            seconds = await all_at_once(turns)
            assert sum(changed) == 1, changed
        return seconds


def _hold(database: Bare, slot_id: Key, visitor_id: str, changed: list[int]) -> Turn:
    async def turn() -> None:
        now = clock.now()
        own = {"_id": slot_id, **free_guard(now)}
        result = await database.slots.update_one(own, _held(visitor_id, now))
        changed.append(result.modified_count)

    return turn
