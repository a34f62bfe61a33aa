"""Figures, added up by the database: each question is about one week, and led by an index."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from odmantic import Model

from domain.rules.figures import Tally
from domain.rules.slots import SlotState
from domain.store.core.database import Database, Document, Key
from domain.store.documents import Attendance, Booking, BookingStatus, Expert, Slot
from domain.store.documents.waitlist import EntryState, WaitlistEntry

_MINUTE_MS = 60_000


@dataclass(frozen=True)
class Counted:
    """An expert of whom something was counted."""

    slug: str
    name: str
    category: str


async def tallies(database: Database, start: datetime, end: datetime) -> Mapping[str, Tally]:
    """Return what adds up of what begins in `[start, end)`, by the expert's key."""
    found = {
        key: Tally(**counted)
        for key, counted in (await _by_expert(database, Booking, *_bookings(start, end))).items()
    }
    for model, (query, sums) in ((Slot, _free(start, end)), (WaitlistEntry, _waiting(start, end))):
        for key, counted in (await _by_expert(database, model, query, sums)).items():
            found[key] = replace(found.get(key, Tally()), **counted)
    return found


async def _by_expert(
    database: Database, model: type[Model], query: Document, sums: Document
) -> dict[str, dict[str, int]]:
    group = {"_id": "$expert_id", **{name: {"$sum": sums[name]} for name in sums}}
    cursor = database.collection(model).aggregate([{"$match": query}, {"$group": group}])
    return {
        str(document["_id"]): {name: int(document[name]) for name in sums}
        async for document in cursor
    }


def _bookings(start: datetime, end: datetime) -> tuple[Document, Document]:
    takes_place = {"$eq": ["$status", BookingStatus.CONFIRMED.value]}
    was_missed = {"$eq": ["$attendance", Attendance.MISSED.value]}
    is_off = {"$eq": ["$status", BookingStatus.CANCELLED.value]}
    sums = {
        "sessions": _if(takes_place, 1),
        "cancelled": _if(is_off, 1),
        "missed": _if({"$and": [takes_place, was_missed]}, 1),
        "booked_minutes": _if(takes_place, _minutes("$starts_at", "$ends_at")),
        "lead_minutes": _if(takes_place, _minutes("$created_at", "$starts_at")),
    }
    return {"starts_at": {"$gte": start, "$lt": end}}, sums


def _free(start: datetime, end: datetime) -> tuple[Document, Document]:
    within = {"$gte": start, "$lt": end}
    query = {"state": SlotState.OPEN.value, "starts_at": within}
    return query, {"free_minutes": _minutes("$starts_at", "$ends_at")}


def _waiting(start: datetime, end: datetime) -> tuple[Document, Document]:
    """Ask for days that end within: the index has their ends."""
    query = {"state": EntryState.WAITING.value, "ends_at": {"$gt": start, "$lte": end}}
    return query, {"waiting": 1}


def _if(condition: Document, value: object) -> Document:
    return {"$cond": [condition, value, 0]}


def _minutes(start: str, end: str) -> Document:
    return {"$trunc": {"$divide": [{"$subtract": [end, start]}, _MINUTE_MS]}}


async def counted(database: Database, expert_ids: Collection[Key]) -> dict[str, Counted]:
    """Return some experts by their keys as text; who is gone is left out."""
    wanted = {"_id": {"$in": list(expert_ids)}}
    cursor = database.collection(Expert).find(wanted, ["slug", "name", "category"])
    return {
        str(found["_id"]): Counted(found["slug"], found["name"], found["category"])
        async for found in cursor
    }
