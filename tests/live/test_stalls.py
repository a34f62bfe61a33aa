"""Crowds of listeners that stop reading, or vanish without a word."""

import asyncio
from collections.abc import Sequence
from itertools import cycle
from pathlib import Path

import pytest

from domain.rules.slots import SlotState
from domain.store.core.database import Database
from domain.store.documents import Slot
from tests.factories import make_expert
from tests.live.crowd import RawEar, allow_files, crowd, deaf_crowd, vanish
from tests.live.support import add_slots, change
from tests.processes import Worker
from tests.servers import start_server
from tests.soak import LONG, drawn, sampled
from tests.waiting import PATIENCE_S

pytestmark = [
    *sampled,
    pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="looks into /proc"),
    pytest.mark.timeout(300),
]


COUNT = drawn(150, 1_000)
FEW = 5
"""Files that open and close by themselves meanwhile: connections to the database."""


async def tell(database: Database, slot: Slot, state: SlotState, ears: Sequence[RawEar]) -> None:
    """Change a time, and wait until everybody who reads has heard of it."""
    dated = await change(database, slot, state)
    async with asyncio.timeout(PATIENCE_S):
        while not all(ear.has_heard(slot, dated) for ear in ears):  # noqa: ASYNC110
            await asyncio.sleep(0.002)


async def test_listeners_that_stall_or_vanish_are_let_go_while_all_others_hear_everything(
    database: Database, database_uri: str
):
    allow_files(4096)
    expert, quiet = await make_expert(database), await make_expert(database)
    slots = await add_slots(database, expert.id, 10)
    changes = cycle([(s, state) for state in (SlotState.BOOKED, SlotState.OPEN) for s in slots])
    with start_server(database_uri) as server:
        worker = Worker(server.process.pid)
        url = f"{server.url}/experts/{expert.slug}/live"
        async with crowd(url, 10) as ears:
            await tell(database, *next(changes), ears)
            files = worker.files
            with (
                deaf_crowd(url, COUNT) as deaf,
                deaf_crowd(url.replace(expert.slug, quiet.slug), 20 if LONG else 0) as far,
            ):
                for connection in [*deaf[::2], *far]:
                    vanish(connection)
                assert worker.files >= files + COUNT - FEW
                async with asyncio.timeout(120):
                    while worker.files > files + FEW:
                        await tell(database, *next(changes), ears)
                await tell(database, *next(changes), ears)
