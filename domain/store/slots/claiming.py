"""Slots: reads, and the conditional writes that decide who gets one."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime

import pymongo
from odmantic.query import desc
from pymongo import ReturnDocument

from domain.rules.errors import Code, Refusal
from domain.rules.slots import SlotState
from domain.store.core.attempts import time_for_a_write
from domain.store.core.database import Database, Document, Key
from domain.store.core.outages import DatabaseError, was_interrupted
from domain.store.documents import Slot
from domain.store.slots.guards import free_guard, transition, unopened_guard


async def find(database: Database, slot_id: Key) -> Slot | None:
    """Return one slot as it was when asked for, or later; None if there is none.

    Of a crowd at one slot hardly anybody has it: they share a look, and what it found.
    """
    return await database.looks.ask(
        slot_id, lambda: database.engine.find_one(Slot, {"_id": slot_id})
    )


async def find_many(database: Database, slot_ids: Sequence[Key]) -> dict[Key, Slot]:
    """Return slots by their keys; one that is not there is left out."""
    found = await database.engine.find(Slot, {"_id": {"$in": list(slot_ids)}})
    return {slot.id: slot for slot in found}


async def between(database: Database, expert_id: Key, start: datetime, end: datetime) -> list[Slot]:
    """Return an expert's slots that start in `[start, end)`, in order of their start."""
    query = {"expert_id": expert_id, "starts_at": {"$gte": start, "$lt": end}}
    return await database.engine.find(Slot, query, sort=Slot.starts_at)


async def free_starts(
    database: Database,
    expert_id: Key,
    start: datetime,
    end: datetime,
    now: datetime,
    *,
    full_too: bool = False,
) -> list[datetime]:
    """Return when an expert's free slots within `[start, end)` begin, in order."""
    query = {
        **free_guard(now, full_too=full_too),
        "expert_id": expert_id,
        "starts_at": {"$gte": max(start, now), "$lt": end},
    }
    cursor = database.collection(Slot).find(
        query, {"_id": 0, "starts_at": 1}, sort=[("starts_at", 1)]
    )
    return [document["starts_at"] async for document in cursor]


async def next_free(database: Database, expert_id: Key, now: datetime) -> Slot | None:
    """Return an expert's first free slot at `now`, or None."""
    return await database.engine.find_one(
        Slot, {"expert_id": expert_id, **free_guard(now)}, sort=Slot.starts_at
    )


async def next_to_open(database: Database, expert_id: Key, now: datetime) -> Slot | None:
    """Return an expert's first open slot that cannot be held yet at `now`, or None."""
    return await database.engine.find_one(
        Slot, {"expert_id": expert_id, **unopened_guard(now)}, sort=Slot.starts_at
    )


async def nearest_free(
    database: Database, expert_ids: Sequence[Key], around: datetime, now: datetime, *, limit: int
) -> list[Slot]:
    """Return the free slots of some experts that start nearest to an instant, in order of start."""
    free = {"expert_id": {"$in": list(expert_ids)}, **free_guard(now)}
    after = await database.engine.find(
        Slot, {**free, "starts_at": {"$gt": max(around, now)}}, sort=Slot.starts_at, limit=limit
    )
    before = await database.engine.find(
        Slot,
        {**free, "starts_at": {"$gt": now, "$lte": around}},
        sort=desc(Slot.starts_at),
        limit=limit,
    )
    nearest = sorted([*before, *after], key=lambda slot: abs(slot.starts_at - around))[:limit]
    return sorted(nearest, key=lambda slot: slot.starts_at)


async def free_between(
    database: Database, expert_ids: Sequence[Key], start: datetime, end: datetime, now: datetime
) -> list[Slot]:
    """Return the free slots of some experts that start in `[start, end]`, in no order."""
    query = {
        **free_guard(now),
        "expert_id": {"$in": list(expert_ids)},
        "starts_at": {"$gte": start, "$lte": end},
    }
    return await database.engine.find(Slot, query)


async def held_by(database: Database, visitor_id: str, now: datetime) -> Sequence[Slot]:
    """Return the slots that a visitor holds at `now`, the newest hold first."""
    held = await database.engine.find(
        Slot, {"state": SlotState.HELD.value, "held_by": visitor_id, "held_until": {"$gt": now}}
    )
    return sorted(held, key=lambda slot: slot.held_since, reverse=True)


async def hold(
    database: Database,
    slot_id: Key,
    visitor_id: str,
    *,
    now: datetime,
    until: datetime,
    full_too: bool = False,
) -> Slot | None:
    """Take a free slot. The visitor whose write changes the document holds it.

    Returns:
        The slot as this write left it; None if it was not free.

    Raises:
        Refusal: BUSY.
    """
    held = transition(
        now,
        state=SlotState.HELD.value,
        held_by=visitor_id,
        held_since=now,
        held_until=until,
    )
    free = {"_id": slot_id, **free_guard(now, full_too=full_too)}
    async with _writing(database, slot_id):
        found = await database.writing(Slot).find_one_and_update(
            {**free, **database.clock.in_time(now)}, held, return_document=ReturnDocument.AFTER
        )
    _refuse_if_late(database, now, changed=found is not None)
    return Slot.model_validate_doc(found) if found else None


async def move_deadline(database: Database, slot: Slot, *, now: datetime, until: datetime) -> bool:
    """Move the deadline of a live hold, unless the slot changed since it was read.

    Raises:
        Refusal: BUSY.
    """
    live = {"_id": slot.id, "state": SlotState.HELD.value, "held_by": slot.held_by, "rev": slot.rev}
    return await change(database, live, transition(now, held_until=until), now=now)


async def change(database: Database, guard: Document, update: Document, *, now: datetime) -> bool:
    """Change the one slot that a guard matches; say whether it did.

    Args:
        database: Where the slot is.
        guard: Its `_id`, and what it has to be.
        update: What becomes of it.
        now: The instant of the request; one that has become too old changes nothing.

    Raises:
        Refusal: BUSY; nothing was changed.
    """
    async with _writing(database, guard["_id"]):
        result = await database.writing(Slot).update_one(
            {**guard, **database.clock.in_time(now)}, update
        )
    _refuse_if_late(database, now, changed=result.modified_count == 1)
    return result.modified_count == 1


@asynccontextmanager
async def _writing(database: Database, slot_id: Key) -> AsyncIterator[None]:
    """Wait for one's turn at a slot, and allow so long for the write.

    Raises:
        Refusal: BUSY; nothing was changed.
    """
    try:
        async with database.turns.turn(slot_id):
            with pymongo.timeout(time_for_a_write()):
                yield
    except DatabaseError as error:
        if not was_interrupted(error):
            raise
        raise Refusal(Code.BUSY) from error


def _refuse_if_late(database: Database, now: datetime, *, changed: bool) -> None:
    if not changed and database.clock.is_late(now):
        raise Refusal(Code.BUSY)
