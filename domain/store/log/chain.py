"""The chain of the log, followed from its start to its last entry."""

from typing import NamedTuple

from pymongo import ASCENDING

from domain.rules.log import GENESIS
from domain.store.core.database import Database, Key
from domain.store.documents.log import LogEntry, LogStart

_BATCH = 1_000
"""Few enough to hold up nobody else while they are looked at."""


class BrokenLink(NamedTuple):
    """The first entry at which the chain breaks, and why."""

    seq: int
    key: Key
    why: str


async def first_broken(database: Database) -> BrokenLink | None:
    """Return where the chain breaks first; None where every entry is as it was written.

    An entry that was changed has another hash than it says; one that was removed or put in
    between is missed by the next one. That the last ones are missing does not show.
    """
    start = await database.engine.find_one(LogStart, {"key": "log"})
    seq, previous = (start.seq, start.hash) if start else (0, GENESIS)
    cursor = database.collection(LogEntry).find({"seq": {"$gt": seq}}).sort("seq", ASCENDING)
    async for document in cursor.batch_size(_BATCH):
        entry = LogEntry.model_validate_doc(document)
        if entry.seq != seq + 1:
            return BrokenLink(entry.seq, entry.id, "the entry before it is missing")
        if entry.previous != previous:
            return BrokenLink(entry.seq, entry.id, "it does not follow from the one before it")
        if entry.hash != entry.digest():
            return BrokenLink(entry.seq, entry.id, "it was changed")
        seq, previous = entry.seq, entry.hash
    return None
