"""Transactions: all of it or nothing, tried again with jitter, never for long."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Collection
from contextlib import nullcontext, suppress
from datetime import datetime
from typing import TypeVar

import pymongo
from motor.motor_asyncio import AsyncIOMotorClientSession
from pymongo.errors import DuplicateKeyError, PyMongoError
from pymongo.results import UpdateResult

from domain.rules.errors import Code, Refusal, Unconfirmed
from domain.store.core.attempts import note_change, time_for_a_write
from domain.store.core.background import in_background
from domain.store.core.database import Database, Key
from domain.store.core.deadlines import AGAIN_S, COMMIT_S, RETRY_S, TRANSACTION_S
from domain.store.core.outages import DatabaseError, Unreachable
from domain.store.documents import Slot

_FIRST_PAUSE_S = 0.01
_LONGEST_PAUSE_S = 0.5
_COMMITS = 5

MOST_READS = 5
"""How often a change reads and decides again when another one comes in between."""

DUPLICATE_KEY = 11000
"""The server's code for a document that a unique index refuses, as the parts of a bulk have it."""

T = TypeVar("T")
Work = Callable[[AsyncIOMotorClientSession], Awaitable[T]]
Fields = tuple[str, ...]
"""The fields of a unique index, in its order."""

_NUMBERED: Fields = ("seq",)
"""The unique index of what is numbered without gaps: who finds a number taken takes the next."""


class GuardLost(Exception):  # noqa: N818 - tells the caller to read and decide again
    """A guarded write changed no document: what was read is no longer so."""


def expect_one(result: UpdateResult) -> None:
    """Abort the transaction unless a guarded write changed exactly one document.

    Raises:
        GuardLost: It changed none.
    """
    if result.modified_count != 1:
        raise GuardLost


async def in_transaction(database: Database, work: Work[T], *, until: float) -> T:
    """Run `work` in one transaction and commit it.

    A passing conflict aborts everything and runs `work` anew, after a pause that grows to half
    a second and is drawn at random, until it succeeds or `until` has come. The driver's own retry
    loop never pauses. `work` must not catch what its writes raise.

    An attempt that its caller leaves ends by itself, and commits nothing that has not begun to.

    Args:
        database: Where to run it.
        work: What to do.
        until: When, by the loop's clock, no further attempt may begin.

    Raises:
        Refusal: BUSY, when the time ran out; nothing was changed.
        GuardLost: From `work`; nothing was changed.
        DuplicateKeyError: From `work`; nothing was changed.
        Unreachable: Before the commit; nothing was changed.
        Unconfirmed: The commit got no answer: what was to change may have changed.
    """
    clock = asyncio.get_running_loop()
    patience = clock.time() + AGAIN_S
    pause = _FIRST_PAUSE_S
    while clock.time() < until:
        try:
            return await _attempt(database, work)
        except TimeoutError as error:
            raise Refusal(Code.BUSY) from error
        except PyMongoError as error:
            if not _is_passing(error):
                raise
            if isinstance(error, Unreachable) and clock.time() > patience:
                raise
        await asyncio.sleep(random.uniform(0, pause))  # noqa: S311 - jitter
        pause = min(2 * pause, _LONGEST_PAUSE_S)
    raise Refusal(Code.BUSY)


def _is_passing(error: PyMongoError) -> bool:
    """Say whether a conflict is with somebody who was a little earlier."""
    if isinstance(error, DuplicateKeyError):
        return _fields_of(error) == _NUMBERED
    return error.has_error_label("TransientTransactionError")


async def all_or_nothing(
    database: Database,
    work: Work[object],
    *,
    now: datetime,
    turn: Key | None = None,
    once_by: Collection[Fields] = (),
) -> bool:
    """Run `work` in one transaction; say whether it changed everything rather than nothing.

    Nothing changes if a guard of `work` was lost, or what it would insert is there already.

    Args:
        database: Where to run it.
        work: What to do.
        now: The instant of the request; one that has become too old changes nothing.
        turn: What those that are likely to be in each other's way have in common: within a process
            they run one after the other, so that only other processes are left to conflict with.
            Ten seconds are for both, the wait and the attempts.
        once_by: The unique indexes by which it may be there already, each by its fields.

    Raises:
        Refusal: BUSY.
        DuplicateKeyError: By another index than those; nothing was changed.
        Unconfirmed: It may have changed everything.
    """
    until = asyncio.get_running_loop().time() + RETRY_S
    try:
        async with database.turns.turn(turn) if turn else nullcontext():
            await in_transaction(database, work, until=until)
    except GuardLost:
        if database.clock.is_late(now):
            raise Refusal(Code.BUSY) from None
        return False
    except DuplicateKeyError as error:
        if _fields_of(error) not in once_by:
            raise
        return False
    return True


def _fields_of(error: DuplicateKeyError) -> Fields:
    """Return the fields of the index that was in the way; a server names any that is."""
    return tuple((error.details or {}).get("keyPattern", ()))


async def _attempt(database: Database, work: Work[T]) -> T:
    """Try once. If its caller leaves, it ends by itself."""
    is_left = asyncio.Event()
    trying = in_background(_once(database, work, is_left))
    try:
        return await asyncio.shield(trying)
    except asyncio.CancelledError:
        is_left.set()
        raise


async def _once(database: Database, work: Work[T], is_left: asyncio.Event) -> T:
    clock = asyncio.get_running_loop()
    begun = clock.time()
    session = await database.motor.start_session()
    session.start_transaction()
    try:
        async with asyncio.timeout(TRANSACTION_S):
            result = await work(session)
        _give_up_if(is_left.is_set() or clock.time() > begun + TRANSACTION_S)
    except BaseException as error:
        in_background(_abort(session))  # a server that is silent keeps nobody waiting
        if isinstance(error, GuardLost | DuplicateKeyError):
            await _until_reads_see_why(database)
        raise
    try:
        await _commit(session)
    except Unconfirmed:
        in_background(_let_go(database, session))
        raise
    except DatabaseError:
        session.delegate.end_session()
        raise
    session.delegate.end_session()  # nothing is sent: no transaction is open any more
    return result


async def _until_reads_see_why(database: Database) -> None:
    """Wait until reads see what a write was lost to.

    Writes meet what the primary has, reads see only what a majority has. Without this the caller
    would read the old state again, and decide by it. The cluster's time would not do: it may be
    ahead of what was written last, and a read waits then until somebody writes.
    """
    async with await database.motor.start_session() as later:
        await database.motor.admin.command("ping", session=later)  # tells what was written last
        await database.collection(Slot).find_one({"_id": None}, session=later)


def _give_up_if(is_too_late: bool) -> None:
    """Raise TimeoutError; a process that stood still wakes up past its deadline."""
    if is_too_late:
        raise TimeoutError


async def _abort(session: AsyncIOMotorClientSession) -> None:
    await session.abort_transaction()
    await session.end_session()


async def _let_go(database: Database, session: AsyncIOMotorClientSession) -> None:
    """End a transaction whose commit may never have arrived: its slot would be locked for 60 s."""
    with suppress(DatabaseError):
        await database.motor.admin.command("killSessions", [session.session_id])
    session.delegate.end_session()


async def _commit(session: AsyncIOMotorClientSession) -> None:
    """Commit; a commit whose outcome is unknown may be sent again, by the protocol's own rule."""
    note_change()
    clock = asyncio.get_running_loop()
    limit = time_for_a_write(COMMIT_S) or COMMIT_S
    until = clock.time() + limit
    with pymongo.timeout(limit):
        for left in reversed(range(_COMMITS)):
            try:
                await session.commit_transaction()
            except PyMongoError as error:
                if not error.has_error_label("UnknownTransactionCommitResult"):
                    raise
                if not left or clock.time() >= until:
                    raise Unconfirmed from error
            else:
                return
