"""Slots on an absence's days: whether any is still open, and which are kept for somebody."""

from datetime import datetime

from domain.rules.slots import KEPT_FOR_SOMEBODY, SlotState
from domain.store.core.database import Database, Document, Key
from domain.store.documents import Slot

_KEPT_FOR_SOMEBODY = [state.value for state in KEPT_FOR_SOMEBODY]


def _within(expert_id: Key, start: datetime, end: datetime, now: datetime) -> Document:
    still_to_come = {"$gte": max(start, now), "$lt": end}
    return {"expert_id": expert_id, "starts_at": still_to_come}


async def are_closed(
    database: Database, expert_id: Key, start: datetime, end: datetime, now: datetime
) -> bool:
    """Say whether every slot that starts in `[start, end)` is withdrawn, or will be once free."""
    within = _within(expert_id, start, end, now)
    can_be_had = {**within, "state": {"$ne": SlotState.WITHDRAWN.value}, "retiring": False}
    return await database.collection(Slot).find_one(can_be_had, {"_id": True}) is None


async def kept_for_somebody(
    database: Database, expert_id: Key, start: datetime, end: datetime, now: datetime
) -> list[Key]:
    """Return the slots in `[start, end)` that somebody holds or is offered."""
    query = {**_within(expert_id, start, end, now), "state": {"$in": _KEPT_FOR_SOMEBODY}}
    cursor = database.collection(Slot).find(query, {"_id": True})
    return [document["_id"] async for document in cursor]
