"""Experts' first free times, which cards show and sort by: kept, and found where kept wrong."""

from collections.abc import Collection, Sequence
from datetime import datetime

from domain.rules.instants import NEVER
from domain.store.core.database import Database, Document, Key
from domain.store.documents import Expert, Slot
from domain.store.slots import claiming as slots
from domain.store.slots.guards import free_guard, unopened_guard

Known = dict[str, datetime]
"""What an expert's document says of it: from when to when the first free time is the first."""


async def refresh(database: Database, expert_id: Key, now: datetime) -> None:
    """Note when an expert's first free slot starts, if that has changed."""
    known = await _next_free(database, expert_id, now)
    await database.writing(Expert).update_one(
        {"_id": expert_id, "$or": [{field: {"$ne": value}} for field, value in known.items()]},
        {"$set": known},
    )


async def _next_free(database: Database, expert_id: Key, now: datetime) -> Known:
    free = await slots.next_free(database, expert_id, now)
    if free:
        return {"next_free_at": free.starts_at, "next_free_until": free.closes_at}
    unopened = await slots.next_to_open(database, expert_id, now)
    return {"next_free_at": NEVER, "next_free_until": unopened.opens_at if unopened else NEVER}


async def passed(database: Database, now: datetime, *, limit: int) -> list[Key]:
    """Return experts whose first free time, as written down, is no longer so by the clock."""
    query = {"listed": True, "next_free_until": {"$lte": now}}
    cursor = database.collection(Expert).find(query, {"_id": 1}).limit(limit)
    return [document["_id"] async for document in cursor]


async def listed_ids(database: Database) -> list[Key]:
    """Return the keys of all listed experts."""
    cursor = database.collection(Expert).find({"listed": True}, {"_id": 1})
    return [document["_id"] async for document in cursor]


async def wrong_among(database: Database, expert_ids: Sequence[Key], now: datetime) -> list[Key]:
    """Return those of some experts whose first free time is another than what is written down.

    A change of this very moment may be taken for one.
    """
    experts = await _with_first(database, expert_ids, free_guard(now))
    without = [one["_id"] for one in experts if not one["first"]]
    waiting = await _with_first(database, without, unopened_guard(now))
    opens_at = {one["_id"]: one["first"][0]["opens_at"] for one in waiting if one["first"]}
    return [
        one["_id"]
        for one in experts
        if {field: one[field] for field in ("next_free_at", "next_free_until")}
        != _known(one["first"], opens_at.get(one["_id"], NEVER))
    ]


def _known(free: Sequence[Document], opens_at: datetime) -> Known:
    if not free:
        return {"next_free_at": NEVER, "next_free_until": opens_at}
    return {"next_free_at": free[0]["starts_at"], "next_free_until": free[0]["closes_at"]}


async def _with_first(
    database: Database, expert_ids: Collection[Key], guard: Document
) -> list[Document]:
    """Return some experts, each with the first of their slots that a guard lets through."""
    first: list[Document] = [{"$match": guard}, {"$sort": {"starts_at": 1}}, {"$limit": 1}]
    lookup = {
        "from": Slot.__collection__,
        "localField": "_id",
        "foreignField": "expert_id",
        "pipeline": first,
        "as": "first",
    }
    pipeline: list[Document] = [
        {"$match": {"_id": {"$in": [*expert_ids]}}},
        {"$project": {"next_free_at": 1, "next_free_until": 1}},
        {"$lookup": lookup},
    ]
    if not expert_ids:
        return []
    cursor = database.collection(Expert).aggregate(pipeline, batchSize=len(expert_ids) + 1)
    return [document async for document in cursor]
