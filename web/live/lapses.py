"""Frees what lapses, holds and offers, within a second, from whichever process notices first."""

import asyncio
import heapq
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

import structlog

from domain.errors import Refusal
from domain.store import holds, offers, waitlist
from domain.store.database import Database

log = structlog.get_logger()

_TICK = 1.0
"""Seconds after which to look anyway: a hold may have been taken while the watcher was down."""
_AT_ONCE = 100


Lapsed = Callable[..., Awaitable[Sequence[Any]]]
"""Returns what has lapsed at an instant, so much of it at most."""
End = Callable[..., Awaitable[object]]
"""Ends one of those."""


class Lapses:
    """Sleeps until the next hold that it knows of ends, then frees what has lapsed."""

    def __init__(self, database: Database, *, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock
        self._ends: list[datetime] = []
        self._sooner = asyncio.Event()

    def note(self, held_until: datetime) -> None:
        """Learn when a hold will lapse, unless it is extended or given up before."""
        if not self._ends or held_until < self._ends[0]:
            self._sooner.set()
        heapq.heappush(self._ends, held_until)

    async def run(self) -> None:
        """Free what lapses, until cancelled."""
        while True:
            await self._sleep()
            try:
                await self._free()
            except Exception as error:  # the database is away; what lapsed waits for it
                log.warning("live_lapses_delayed", error=repr(error))
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

    async def _free(self) -> None:
        await self._end_all(holds.lapsed, holds.announce)
        await self._end_all(waitlist.lapsed, offers.end)

    async def _end_all(self, lapsed: Lapsed, end: End) -> None:
        """End what has lapsed; one expert whose times are fought over keeps up nobody else's."""
        database, clock, busy = self._database, self._clock, False
        while not busy and (found := await lapsed(database, clock(), limit=_AT_ONCE)):
            for one in found:
                try:
                    await end(database, one, now=clock())
                except Refusal:
                    busy = True
