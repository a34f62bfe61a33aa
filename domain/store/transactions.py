"""Transactions: all of it or nothing, tried again with jitter, never for long."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import asynccontextmanager, nullcontext
from typing import TypeVar

from motor.motor_asyncio import AsyncIOMotorClientSession
from pymongo.errors import DuplicateKeyError, NetworkTimeout, PyMongoError
from pymongo.results import UpdateResult

from domain.errors import Code, Refusal
from domain.store.database import Database, Key

RETRY_FOR_S = 10.0
"""How long after the first try another one may begin."""

TIME_LIMIT_S = 20.0
"""When a try that hangs is given up. Not sooner: on a crowded server each step waits its turn."""

_FIRST_PAUSE_S = 0.01
_LONGEST_PAUSE_S = 0.5
_COMMITS = 5

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

    A passing conflict aborts everything and runs `work` anew, after a pause that grows to half
    a second and is drawn at random, until it succeeds or ten seconds are over. The driver's
    own retry loop pauses never. `work` must not catch what its writes raise.

    Raises:
        Refusal: BUSY, when the time ran out; nothing was changed.
        GuardLost: From `work`; nothing was changed.
        DuplicateKeyError: From `work`; nothing was changed.
        NetworkTimeout: The time ran out on the commit: what was to change may have changed.
    """
    clock = asyncio.get_running_loop()
    begun = clock.time()
    pause = _FIRST_PAUSE_S
    while clock.time() < begun + RETRY_FOR_S:
        try:
            return await _once(database, work, until=begun + TIME_LIMIT_S)
        except TimeoutError as error:
            raise Refusal(Code.BUSY) from error
        except PyMongoError as error:
            if not error.has_error_label("TransientTransactionError"):
                raise
        await asyncio.sleep(random.uniform(0, pause))  # noqa: S311 - jitter
        pause = min(2 * pause, _LONGEST_PAUSE_S)
    raise Refusal(Code.BUSY)


@asynccontextmanager
async def _turn(lock: asyncio.Lock) -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(RETRY_FOR_S):
            await lock.acquire()
    except TimeoutError as error:
        raise Refusal(Code.BUSY) from error
    try:
        yield
    finally:
        lock.release()


async def all_or_nothing(
    database: Database,
    work: Work[object],
    *,
    turn: Key | None = None,
    once_by: Collection[str] = (),
) -> bool:
    """Run `work` in one transaction; say whether it changed everything rather than nothing.

    Nothing is changed where a guard of `work` was lost, or what it would insert is there already.

    Args:
        database: Where to run it.
        work: What to do.
        turn: What those that are likely to be in each other's way have in common: within a process
            they run one after the other, so that only other processes are left to conflict with;
            who waits ten seconds for it changes nothing.
        once_by: The names of the unique indexes by which it may be there already.

    Raises:
        Refusal: BUSY.
        DuplicateKeyError: By another index than those; nothing was changed.
    """
    async with _turn(database.turns.of(turn)) if turn else nullcontext():
        try:
            await in_transaction(database, work)
        except GuardLost:
            return False
        except DuplicateKeyError as error:
            if not any(f"index: {name} " in str(error) for name in once_by):
                raise
            return False
    return True


async def _once(database: Database, work: Work[T], *, until: float) -> T:
    async with await database.motor.start_session() as session:
        session.start_transaction()
        try:
            async with asyncio.timeout_at(until):
                result = await work(session)
        except BaseException:
            await session.abort_transaction()
            raise
        try:
            async with asyncio.timeout_at(until):
                await _commit(session)
        except TimeoutError as error:
            raise NetworkTimeout("A commit was not answered.") from error
        return result


async def _commit(session: AsyncIOMotorClientSession) -> None:
    """Commit; a commit whose outcome is unknown may be sent again, by the protocol's own rule."""
    for _ in range(_COMMITS - 1):
        try:
            await session.commit_transaction()
        except PyMongoError as error:
            if not error.has_error_label("UnknownTransactionCommitResult"):
                raise
        else:
            return
    await session.commit_transaction()
