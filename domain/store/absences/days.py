"""The slots within an absence's days: what can still be had, and what somebody has."""

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
    """Say whether all slots that start in `[start, end)` are withdrawn, or will be once free."""
    within = _within(expert_id, start, end, now)
    can_be_had = {**within, "state": {"$ne": SlotState.WITHDRAWN.value}, "retiring": False}
    return await database.collection(Slot).find_one(can_be_had, {"_id": True}) is None


async def kept_for_somebody(
    database: Database, expert_id: Key, start: datetime, end: datetime, now: datetime
) -> list[Key]:
    """Return the slots that start in `[start, end)` and that somebody may still book."""
    query = {**_within(expert_id, start, end, now), "state": {"$in": _KEPT_FOR_SOMEBODY}}
    cursor = database.collection(Slot).find(query, {"_id": True})
    return [document["_id"] async for document in cursor]
