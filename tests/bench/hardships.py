"""Listeners in bad company: a load process's part of the figures of stalls, lapses and endings."""

import asyncio
import os
import signal
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from statistics import median

from domain.rules.slots import SlotState
from domain.store.core.database import Database, Document, connect
from domain.store.documents import Slot
from tests.bench.processes import Served, private_kib
from tests.live.crowd import RawEar, allow_files, crowd, deaf_crowd, vanish
from tests.live.support import change, hold
from web.http import clock

READERS = 10
BLINK = timedelta(milliseconds=400)
PATIENCE_S = 60.0


@dataclass(frozen=True)
class Place:
    """A stream, and the times that it tells of."""

    served: Served
    path: str
    uri: str
    slots: Sequence[Document]

    @property
    def url(self) -> str:
        """Where it is read."""
        return f"{self.served.url}{self.path}"


@dataclass(frozen=True)
class Stalled:
    """What a crowd that stalls or vanishes costs."""

    alone_ms: float
    beside_ms: float
    before_kib: float
    after_kib: float


async def beside_a_crowd_that_stalls(place: Place, count: int) -> Stalled:
    """Tell some of changes, alone and beside so many that read nothing, half of them vanished."""
    allow_files(4096)
    database = connect(place.uri)
    slots = [Slot.model_validate_doc(document) for document in place.slots]
    try:
        async with crowd(place.url, count) as ears:
            await _changes_ms(database, slots, ears)
            before = private_kib(place.served.pid)
        async with crowd(place.url, READERS) as ears:
            alone = await _changes_ms(database, slots, ears)
            with deaf_crowd(place.url, count) as deaf:
                for connection in deaf[::2]:
                    vanish(connection)
                beside = await _changes_ms(database, slots, ears)
        async with crowd(place.url, count):
            return Stalled(alone, beside, before, private_kib(place.served.pid))
    finally:
        await database.close()


async def _changes_ms(database: Database, slots: Sequence[Slot], ears: Sequence[RawEar]) -> float:
    """Return how long a change takes to the last who reads, the median of some.

    In the end all slots are open again: nobody hears of one that becomes what it is.
    """
    taken = []
    for slot, state in [(slot, s) for s in (SlotState.BOOKED, SlotState.OPEN) for slot in slots]:
        dated = await change(database, slot, state)
        begun = time.perf_counter()
        async with asyncio.timeout(PATIENCE_S):
            while not all(ear.has_heard(slot, dated) for ear in ears):  # noqa: ASYNC110
                await asyncio.sleep(0.001)
        taken.append(time.perf_counter() - begun)
    return 1_000 * median(taken)


async def lapse_ms(place: Place) -> float:
    """Have a hold lapse; return how much later the last listener was told."""
    database = connect(place.uri)
    slot = Slot.model_validate_doc(place.slots[0])
    try:
        async with crowd(place.url, READERS) as ears:
            until = clock.now() + BLINK
            await hold(database, slot, until=until)
            async with asyncio.timeout(PATIENCE_S):
                while not all("slotFreed" in {m.event for m in ear.heard} for ear in ears):  # noqa: ASYNC110
                    await asyncio.sleep(0.001)
            return (clock.now() - until) / timedelta(milliseconds=1)
    finally:
        await database.close()


async def end_ms(place: Place, count: int) -> float:
    """Tell a server to stop that so many listen to; return when the last stream has ended."""
    allow_files(4096)
    async with crowd(place.url, count) as ears:
        begun = time.perf_counter()
        os.kill(place.served.pid, signal.SIGTERM)
        await asyncio.gather(*(ear.gone.wait() for ear in ears))
        assert all(ear.ended_cleanly for ear in ears)
        return 1_000 * (time.perf_counter() - begun)
