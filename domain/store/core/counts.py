"""Counts: one conditional write decides whether one more passes, for all processes together."""

from collections.abc import Sequence
from datetime import datetime

from motor.motor_asyncio import AsyncIOMotorCollection
from pymongo import UpdateOne
from pymongo.errors import BulkWriteError
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

from domain.rules.errors import Code, Refusal
from domain.rules.request_limits import Rate
from domain.store.core.database import Database, Document
from domain.store.core.transactions import DUPLICATE_KEY
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
    await take_each(database, [(rate, who)], now=now)


async def take_each(
    database: Database, asked: Sequence[tuple[Rate, str]], *, now: datetime
) -> None:
    """Count one more of each, one after the other, until one would be too many.

    Raises:
        Refusal: The first rate's by which it would be; BUSY.
    """
    left, counts = list(asked), _counts(database)
    for _ in range(_TRIES):
        left = left[await _counted(counts, left, now) :]
        if not left:
            return
        rate, who = left[0]
        found = await counts.find_one({"key": _key(rate, who)})
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
    found = await _counts(database).find_one({"key": _key(rate, who)})
    return found is not None and rate.is_strained(found["full_at"], now)


async def _counted(
    counts: AsyncIOMotorCollection[Document], asked: Sequence[tuple[Rate, str]], now: datetime
) -> int:
    """Count one more of each in one command; return how many were counted, in their order."""
    try:
        await counts.bulk_write([_one_more(rate, who, now) for rate, who in asked])
    except BulkWriteError as error:
        first: Document = next(iter(error.details["writeErrors"]), {})
        if first.get("code") != DUPLICATE_KEY:
            raise
        # There is one without room, or another request has just begun it.
        return int(first["index"])
    return len(asked)


def _one_more(rate: Rate, who: str, now: datetime) -> UpdateOne:
    step_ms = rate.step.total_seconds() * 1000
    full_at = {"$add": [{"$max": ["$full_at", now]}, int(step_ms)]}
    has_room = {"key": _key(rate, who), "full_at": {"$lte": rate.latest(now)}}
    return UpdateOne(has_room, [{"$set": {"full_at": full_at}}], upsert=True)


def _key(rate: Rate, who: str) -> str:
    return f"{rate.kind}:{who}"


def _counts(database: Database) -> AsyncIOMotorCollection[Document]:
    return database.collection(Count).with_options(
        write_concern=WriteConcern(w=1), read_concern=ReadConcern("local")
    )
