"""Frees what lapses, holds and offers, within a second, from whichever process notices first."""

import asyncio
import heapq
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import datetime
from functools import partial

import structlog

from domain.rules.errors import Refusal
from domain.store.bookings import holds
from domain.store.core.database import Database, Key
from domain.store.waitlist import entries as waitlist
from domain.store.waitlist import offers

log = structlog.get_logger()

_TICK = 1.0
"""Seconds after which to look anyway: a hold may have been taken while the watcher was down."""
_AT_ONCE = 20

Ends = Mapping[Key, Callable[[], Awaitable[bool]]]
"""What has lapsed, by its key, and how each is ended."""


class Lapses:
    """Sleeps until the next hold that it knows of ends, then frees what has lapsed."""

    def __init__(self, database: Database, *, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock
        self._ends: list[datetime] = []
        self._sooner = asyncio.Event()
        self._ending: set[Key] = set()

    def note(self, held_until: datetime) -> None:
        """Learn when a hold will lapse, unless it is extended or given up before."""
        if not self._ends or held_until < self._ends[0]:
            self._sooner.set()
        heapq.heappush(self._ends, held_until)

    async def run(self) -> None:
        """Free what lapses, until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            while True:
                await self._sleep()
                await self._free(tasks)

    async def _free(self, tasks: asyncio.TaskGroup) -> None:
        try:
            await self._end_all(self._holds, tasks)
            await self._end_all(self._offers, tasks)
        except Exception as error:  # the database is away; what lapsed waits for it
            log.warning("live_lapses_delayed", exc_info=error)
            await asyncio.sleep(_TICK)

    async def _sleep(self) -> None:
        now = self._clock()
        while self._ends and self._ends[0] <= now:
            heapq.heappop(self._ends)
        seconds = (self._ends[0] - now).total_seconds() if self._ends else _TICK
        self._sooner.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(min(seconds, _TICK)):
                await self._sooner.wait()

    async def _holds(self, limit: int) -> Ends:
        now = self._clock()
        found = await holds.lapsed(self._database, now, limit=limit)
        return {key: partial(holds.announce, self._database, key, now=now) for key in found}

    async def _offers(self, limit: int) -> Ends:
        now = self._clock()
        found = await waitlist.lapsed(self._database, now, limit=limit)
        return {entry.id: partial(offers.end, self._database, entry, now=now) for entry in found}

    async def _end_all(
        self, lapsed: Callable[[int], Awaitable[Ends]], tasks: asyncio.TaskGroup
    ) -> None:
        """End what has lapsed; where an expert's times are fought over, nobody else's wait."""
        going_on = True
        while going_on:
            ends = await lapsed(_AT_ONCE + len(self._ending))
            begun = [
                tasks.create_task(self._end(key, end))
                for key, end in ends.items()
                if key not in self._ending
            ]
            ended = (await asyncio.wait(begun, timeout=_TICK))[0] if begun else ()
            going_on = any(task.result() for task in ended)

    async def _end(self, key: Key, end: Callable[[], Awaitable[bool]]) -> bool:
        """End one; False where that has to be tried again later."""
        self._ending.add(key)
        try:
            await end()
        except Refusal:
            return False
        except Exception as error:  # the database is away; what lapsed waits for it
            log.warning("live_lapse_delayed", exc_info=error)
            return False
        finally:
            self._ending.discard(key)
        return True
