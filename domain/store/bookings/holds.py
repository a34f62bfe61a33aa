"""Holds that end without a booking: released, or lapsed. The waitlist comes first.

A lapsed hold shows as free whether anybody announces it or not; the write tells the feed, and gives
the slot to the first in line. An offer is different: its slot is nobody else's, and shows as such,
until `domain.store.waitlist.offers` has passed it on.
"""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime

from domain.rules.errors import Refusal
from domain.rules.slots import SlotState
from domain.store.core.database import Database, Document, Key
from domain.store.documents import Slot
from domain.store.waitlist import offers


def _lapsed(now: datetime) -> Document:
    return {"state": SlotState.HELD.value, "held_until": {"$lte": now}}


def _held_by(visitor_id: str) -> Document:
    return {"state": SlotState.HELD.value, "held_by": visitor_id}


async def lapsed(database: Database, now: datetime, *, limit: int) -> Sequence[Key]:
    """Return the keys of slots whose hold has lapsed at `now`, those that lapsed first."""
    cursor = database.collection(Slot).find(
        _lapsed(now), projection={"_id": True}, sort=[("held_until", 1)], limit=limit
    )
    return [document["_id"] async for document in cursor]


async def announce(database: Database, slot_id: Key, *, now: datetime) -> bool:
    """Free a slot whose hold has lapsed. Of all who try at once, one succeeds."""
    return await offers.give_back(database, slot_id, _lapsed(now), now=now)


async def release(database: Database, slot_id: Key, visitor_id: str, *, now: datetime) -> bool:
    """Give up a visitor's hold, lapsed or not."""
    return await offers.give_back(database, slot_id, _held_by(visitor_id), now=now)


async def release_older(database: Database, visitor_id: str, *, but: Key, now: datetime) -> None:
    """Give up a visitor's holds that were taken before now; two taken at once both stay.

    So does the slot that the visitor has just chosen: pressed twice, it may be held since a moment.

    Where that would take long, a hold is left to lapse: who has just taken another time must not
    hear that nothing was changed.
    """
    older = {**_held_by(visitor_id), "held_since": {"$lt": now}}
    others = {**older, "_id": {"$ne": but}}
    cursor = database.collection(Slot).find(others, projection={"_id": True})
    async for document in cursor:
        with suppress(Refusal):
            await offers.give_back(database, document["_id"], older, now=now)
