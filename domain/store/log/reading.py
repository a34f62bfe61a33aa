"""Reading the log: a page of what is searched for, or all of it."""

from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from motor.motor_asyncio import AsyncIOMotorCursor
from pymongo import DESCENDING

from domain.store.core.database import Database, Document
from domain.store.documents.log import LogEntry

_BATCH = 1_000


@dataclass(frozen=True)
class LogFilter:
    """What an entry has to match; None matches all."""

    actors: Collection[str] | None = None
    """Keys of administrators and experts; an empty text is an operator's."""
    subjects: Collection[str] | None = None
    """Keys of what was acted on."""
    action: str | None = None
    start: datetime | None = None
    end: datetime | None = None
    """The instants `[start, end)` of the act."""


class LogPlace(NamedTuple):
    """Where a page ends, and the next one begins."""

    at: datetime
    seq: int


async def page(
    database: Database, wanted: LogFilter, *, after: LogPlace | None = None, limit: int
) -> list[LogEntry]:
    """Return entries that match, the newest first, from behind a place on."""
    cursor = _found(database, wanted, after).limit(limit)
    return [LogEntry.model_validate_doc(document) async for document in cursor]


async def everything(database: Database, wanted: LogFilter) -> AsyncIterator[LogEntry]:
    """Yield all entries that match, the newest first."""
    async for document in _found(database, wanted, None).batch_size(_BATCH):
        yield LogEntry.model_validate_doc(document)


def _found(
    database: Database, wanted: LogFilter, after: LogPlace | None
) -> AsyncIOMotorCursor[Document]:
    order = [("at", DESCENDING), ("seq", DESCENDING)]
    return database.collection(LogEntry).find(_query(wanted, after)).sort(order)


def _query(wanted: LogFilter, after: LogPlace | None) -> Document:
    query: Document = {}
    if wanted.actors is not None:
        query["actor_key"] = _any_of(wanted.actors)
    if wanted.subjects is not None:
        query["subject_key"] = _any_of(wanted.subjects)
    if wanted.action is not None:
        query["action"] = wanted.action
    within: Document = {}
    if wanted.start is not None:
        within["$gte"] = wanted.start
    if wanted.end is not None:
        within["$lt"] = wanted.end
    if after is not None:
        within["$lte"] = after.at
        query["$or"] = [{"at": {"$lt": after.at}}, {"seq": {"$lt": after.seq}}]
    return {**query, "at": within} if within else query


def _any_of(keys: Collection[str]) -> object:
    """Ask for one key by itself: the index has its entries in order then."""
    return next(iter(keys)) if len(keys) == 1 else {"$in": list(keys)}


async def names(database: Database, key: str) -> bool:
    """Say whether an entry is by somebody, or about them."""
    log = database.collection(LogEntry)
    for field in ("actor_key", "subject_key"):
        if await log.find_one({field: key}, {"_id": True}) is not None:
            return True
    return False
