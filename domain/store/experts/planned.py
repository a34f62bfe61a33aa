"""An expert's slots, as much of them as a plan takes."""

from datetime import datetime
from typing import NamedTuple

from pymongo import ASCENDING

from domain.rules.slots import LONGEST_SESSION, SlotState
from domain.store.core.database import Database, Document, Key
from domain.store.documents import Slot


class PlannedSlot(NamedTuple):
    """A slot, as much of it as a plan takes."""

    id: Key
    starts_at: datetime
    ends_at: datetime
    opens_at: datetime
    closes_at: datetime
    state: SlotState
    held_until: datetime
    retiring: bool
    full: bool
    rev: int


_FIELDS = ["_id", *PlannedSlot._fields[1:]]


async def planned_slots(database: Database, expert_id: Key, now: datetime) -> list[PlannedSlot]:
    """Return an expert's slots that end after `now`, in order of their start."""
    query = {"expert_id": expert_id, "starts_at": {"$gt": now - LONGEST_SESSION}}
    cursor = database.collection(Slot).find(query, _FIELDS, sort=[("starts_at", ASCENDING)])
    found = [_planned(document) async for document in cursor]
    return [slot for slot in found if slot.ends_at > now]


def _planned(document: Document) -> PlannedSlot:
    kept = [document[name] for name in _FIELDS]
    slot = PlannedSlot(*kept)
    return slot._replace(state=SlotState(slot.state))
