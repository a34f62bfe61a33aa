"""Counts: one conditional write decides whether one more passes, for all processes together."""

from datetime import datetime

from motor.motor_asyncio import AsyncIOMotorCollection
from pymongo.errors import DuplicateKeyError
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

from domain.rules.errors import Code, Refusal
from domain.rules.request_limits import Rate
from domain.store.core.database import Database, Document
from domain.store.documents.counts import Count

_TRIES = 10
"""How often a write is repeated that met the first one of its kind, or the end of the last."""


async def take(database: Database, rate: Rate, who: str, *, now: datetime) -> None:
    """Count one more, unless it would be too many.

    Of any number at once no more pass than the rate allows. Counting is no change that an answer
    would have to speak of, and one that an election loses is no harm: it is written fast.

    Args:
        database: Where counts are kept.
        rate: How many may pass.
        who: A digest of whom it is counted by.
        now: The instant of the request.

    Raises:
        Refusal: The rate's, with how long it takes until one more passes; BUSY.
    """
    key, counts = f"{rate.kind}:{who}", _counts(database)
    for _ in range(_TRIES):
        if await _is_counted(counts, rate, key, now):
            return
        found = await counts.find_one({"key": key})
        wait = rate.wait(found["full_at"], now) if found else None
        if wait:
            raise Refusal(rate.code, retry_after=wait)
    raise Refusal(Code.BUSY)


async def passes(database: Database, rate: Rate, who: str, *, now: datetime) -> bool:
    """Do the same, and say whether one more passes.

    Raises:
        Refusal: BUSY.
    """
    try:
        await take(database, rate, who, now=now)
    except Refusal as refusal:
        if refusal.code is Code.BUSY:
            raise
        return False
    return True


async def is_strained(database: Database, rate: Rate, who: str, *, now: datetime) -> bool:
    """Say whether more than half of what a rate allows at once is used up.

    Asked after counting, it counts the asker, and whoever came at the same time.
    """
    found = await _counts(database).find_one({"key": f"{rate.kind}:{who}"})
    return found is not None and rate.is_strained(found["full_at"], now)


async def _is_counted(
    counts: AsyncIOMotorCollection[Document], rate: Rate, key: str, now: datetime
) -> bool:
    step_ms = rate.step.total_seconds() * 1000
    full_at = {"$add": [{"$max": ["$full_at", now]}, int(step_ms)]}
    has_room = {"key": key, "full_at": {"$lte": rate.latest(now)}}
    try:
        await counts.update_one(has_room, [{"$set": {"full_at": full_at}}], upsert=True)
    except DuplicateKeyError:  # there is one without room, or another request has just begun it
        return False
    return True


def _counts(database: Database) -> AsyncIOMotorCollection[Document]:
    return database.collection(Count).with_options(
        write_concern=WriteConcern(w=1), read_concern=ReadConcern("local")
    )
