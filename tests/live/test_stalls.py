"""Crowds of listeners that stop reading, or vanish without a word."""

import asyncio
import itertools
import statistics
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from domain.slots import SlotState
from domain.store.database import Database
from domain.store.documents import Slot
from tests.factories import make_expert
from tests.live.crowd import RawEar, allow_files, crowd, deaf_crowd, vanish
from tests.live.support import add_slots, change
from tests.processes import Worker
from tests.servers import start_server
from tests.soak import LONG, drawn, sampled

pytestmark = [
    *sampled,
    pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="looks into /proc"),
    pytest.mark.timeout(300),
]


COUNT = drawn(150, 1_000)


class Gauge:
    """Changes a time again and again, and notes how long the news took to the last who reads."""

    def __init__(self, database: Database, slots: Sequence[Slot], ears: Sequence[RawEar]) -> None:
        self._database = database
        self._ears = ears
        self._turns = itertools.cycle(
            [(slot, state) for state in (SlotState.BOOKED, SlotState.OPEN) for slot in slots]
        )
        self.seconds: list[float] = []

    async def change(self) -> None:
        slot, state = next(self._turns)
        dated = await change(self._database, slot, state)
        started = time.monotonic()
        for ear in self._ears:
            while not ear.has_heard(slot, dated):
                assert time.monotonic() - started < 10
                await asyncio.sleep(0.002)
        self.seconds.append(time.monotonic() - started)

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)


async def test_listeners_that_stall_or_vanish_are_gone_in_30_s_cost_nothing_and_delay_no_one(
    database: Database, database_uri: str, record_property
):
    allow_files(4096)
    expert, quiet = await make_expert(database), await make_expert(database)
    slots = await add_slots(database, expert.id, 10)
    with start_server(database_uri) as server:
        worker = Worker(server.process.pid)
        url = f"{server.url}/experts/{expert.slug}/live"
        async with crowd(url, COUNT) as ears:
            warming = Gauge(database, slots, ears)
            for _ in range(20):
                await warming.change()
            with_a_crowd = worker.mebibytes
        async with crowd(url, 10) as ears:
            alone, gauge = Gauge(database, slots, ears), Gauge(database, slots, ears)
            for _ in range(20):
                await alone.change()
            files = worker.files
            with (
                deaf_crowd(url, COUNT) as deaf,
                deaf_crowd(url.replace(expert.slug, quiet.slug), 20 if LONG else 0) as far,
            ):
                for connection in [*deaf[::2], *far]:
                    vanish(connection)
                started = time.monotonic()
                assert worker.files >= files + COUNT
                while worker.files > files + 5 and time.monotonic() - started < 60:
                    await gauge.change()
                    await asyncio.sleep(0.03)
                gone_after = time.monotonic() - started
        async with crowd(url, COUNT):
            with_the_next = worker.mebibytes

    record_property("gone_after_s", round(gone_after, 1))
    record_property("median_ms", [round(1000 * g.median) for g in (alone, gauge)])
    record_property("slowest_ms", [round(1000 * max(g.seconds)) for g in (alone, gauge)])
    record_property("mebibytes", [round(with_a_crowd, 1), round(with_the_next, 1)])
    assert gone_after < 30
    assert max(gauge.seconds) < max(alone.seconds) + 2
    assert gauge.median < alone.median + 0.25
    assert with_the_next < with_a_crowd + drawn(5, 12)
