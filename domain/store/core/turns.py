"""Turns: work of one process that would get in each other's way goes one after the other.

What is left to conflict with is other processes; and a document that does not come free holds up
one of the driver's threads, not all of them.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from weakref import WeakValueDictionary

from bson import ObjectId

from domain.rules.errors import Code, Refusal
from domain.store.core.deadlines import RETRY_S


class Turns:
    """Locks by key, each for as long as somebody has or wants it."""

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[ObjectId, asyncio.Lock] = WeakValueDictionary()

    def of(self, key: ObjectId) -> asyncio.Lock:
        """Return the lock of a key; the first to ask gets it first."""
        return self._locks.setdefault(key, asyncio.Lock())

    @asynccontextmanager
    async def turn(self, key: ObjectId) -> AsyncIterator[None]:
        """Have one's turn.

        Raises:
            Refusal: BUSY, when it does not come within ten seconds.
        """
        lock = self.of(key)
        if lock.locked():
            await _wait(lock)
        else:
            await lock.acquire()  # at once
        try:
            yield
        finally:
            lock.release()


async def _wait(lock: asyncio.Lock) -> None:
    try:
        async with asyncio.timeout(RETRY_S):
            await lock.acquire()
    except TimeoutError as error:
        raise Refusal(Code.BUSY) from error
