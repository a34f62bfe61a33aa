"""Holds that lapsed: finding them, and the one conditional write that announces each.

A lapsed hold is free whether anybody announces it or not; the write is what tells the feed.
"""

from collections.abc import Sequence
from datetime import datetime

from domain.slots import SlotState
from domain.store.database import Database, Document, Key
from domain.store.documents import Slot
from domain.store.slots import opened


def _lapsed(now: datetime) -> Document:
    return {"state": SlotState.HELD.value, "held_until": {"$lte": now}}


async def lapsed(database: Database, now: datetime, *, limit: int) -> Sequence[Key]:
    """Return the keys of slots whose hold has lapsed at `now`, those that lapsed first."""
    cursor = database.collection(Slot).find(
        _lapsed(now), projection={"_id": True}, sort=[("held_until", 1)], limit=limit
    )
    return [document["_id"] async for document in cursor]


async def announce(database: Database, slot_id: Key, *, now: datetime) -> bool:
    """Open a slot whose hold has lapsed. Of all who try at once, one succeeds."""
    result = await database.collection(Slot).update_one(
        {"_id": slot_id, **_lapsed(now)}, opened(now)
    )
    return result.modified_count == 1
