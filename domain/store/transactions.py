"""Transactions: all of it or nothing, tried again with jitter, never for long."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import TypeVar

from motor.motor_asyncio import AsyncIOMotorClientSession
from pymongo.errors import PyMongoError
from pymongo.results import UpdateResult

from domain.errors import Code, Refusal
from domain.store.database import Database

MAX_TRIES = 5
TIME_LIMIT_S = 5.0
_FIRST_PAUSE_S = 0.01

T = TypeVar("T")
Work = Callable[[AsyncIOMotorClientSession], Awaitable[T]]


class GuardLost(Exception):  # noqa: N818 - tells the caller to read and decide again
    """A guarded write changed no document: what was read is no longer so."""


def expect_one(result: UpdateResult) -> None:
    """Abort the transaction unless a guarded write changed exactly one document.

    Raises:
        GuardLost: It changed none.
    """
    if result.modified_count != 1:
        raise GuardLost


async def in_transaction(database: Database, work: Work[T]) -> T:
    """Run `work` in one transaction and commit it.

    A passing conflict aborts everything and runs `work` anew, at most five times within five
    seconds, after a pause that grows and is drawn at random. The driver's own retry loop has
    neither bound. `work` must not catch what its writes raise.

    Raises:
        Refusal: BUSY, when the tries or the time ran out.
        GuardLost: From `work`; nothing was changed.
        DuplicateKeyError: From `work`; nothing was changed.
    """
    try:
        async with asyncio.timeout(TIME_LIMIT_S):
            for attempt in range(MAX_TRIES):
                try:
                    return await _once(database, work)
                except PyMongoError as error:
                    if not error.has_error_label("TransientTransactionError"):
                        raise
                await asyncio.sleep(random.uniform(0, _FIRST_PAUSE_S * 2**attempt))  # noqa: S311 - jitter
    except TimeoutError as error:
        raise Refusal(Code.BUSY) from error
    raise Refusal(Code.BUSY)


async def _once(database: Database, work: Work[T]) -> T:
    async with await database.motor.start_session() as session:
        session.start_transaction()
        try:
            result = await work(session)
        except BaseException:
            await session.abort_transaction()
            raise
        await _commit(session)
        return result


async def _commit(session: AsyncIOMotorClientSession) -> None:
    """Commit; a commit whose outcome is unknown may be sent again, by the protocol's own rule."""
    for _ in range(MAX_TRIES - 1):
        try:
            await session.commit_transaction()
        except PyMongoError as error:
            if not error.has_error_label("UnknownTransactionCommitResult"):
                raise
        else:
            return
    await session.commit_transaction()
