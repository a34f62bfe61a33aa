"""Expiry: the one thing that deletes entries of the log, from its start on."""

from datetime import datetime

from pymongo import ASCENDING, DESCENDING
from pymongo.errors import DuplicateKeyError

from domain.store.core.database import Database, Document
from domain.store.documents.log import LogEntry, LogStart

_AT_ONCE = 1_000


async def forget(database: Database, before: datetime) -> int:
    """Delete the entries up to the first one of `before` or later, but never the last of all.

    The hash of the last one that goes is written down first: whatever happens to the process, the
    chain can be followed from there.

    Returns:
        How many entries are gone.
    """
    gone = 0
    while (last := await _last_expired(database, before)) is not None:
        await _begin_after(database, last)
        expired = {"seq": {"$lte": last["seq"]}}
        gone += (await database.writing(LogEntry).delete_many(expired)).deleted_count
    return gone


async def _last_expired(database: Database, before: datetime) -> Document | None:
    log, fields = database.collection(LogEntry), ["seq", "at", "hash"]
    newest = await log.find_one({}, fields, sort=[("seq", DESCENDING)])
    if newest is None:
        return None
    older = {"seq": {"$lt": newest["seq"]}}
    last = None
    async for entry in log.find(older, fields).sort("seq", ASCENDING).limit(_AT_ONCE):
        if entry["at"] >= before:
            break
        last = entry
    return last


async def _begin_after(database: Database, last: Document) -> None:
    start = {"seq": last["seq"], "hash": last["hash"]}
    earlier = {"key": "log", "seq": {"$lt": last["seq"]}}
    try:
        await database.writing(LogStart).update_one(earlier, {"$set": start}, upsert=True)
    except DuplicateKeyError:
        return  # another process was here, and further
