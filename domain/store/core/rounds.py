"""Rounds: what every process could do every so often, and one of them does."""

from datetime import datetime, timedelta

from motor.motor_asyncio import AsyncIOMotorCollection
from pymongo.errors import DuplicateKeyError

from domain.rules.instants import EPOCH
from domain.store.core.database import Database, Document
from domain.store.core.migrate import LEASES


async def claim(
    database: Database, name: str, *, every: timedelta, started_at: datetime, now: datetime
) -> bool:
    """Say whether this process is to do it now; of several at once one is.

    Args:
        database: Where turns are kept.
        name: What is to be done.
        every: How long the others wait until it is due again.
        started_at: When this process started; what was done before doesn't count.
        now: The present instant.
    """
    due = {"_id": name, "$or": [{"until": {"$lte": now}}, {"taken_at": {"$lt": started_at}}]}
    mine = {"$set": {"taken_at": now, "until": now + every}}
    try:
        result = await _leases(database).update_one(due, mine, upsert=True)
    except DuplicateKeyError:  # it is there, and not due
        return False
    return result.modified_count == 1 or result.upserted_id is not None


async def give_back(database: Database, name: str) -> None:
    """Have it be due at once: it was not done."""
    await _leases(database).update_one({"_id": name}, {"$set": {"until": EPOCH}})


def _leases(database: Database) -> "AsyncIOMotorCollection[Document]":
    return database.motor[database.name][LEASES]
