"""The database is killed with -9 at the steps of a transition, and started again on its data."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from pymongo import monitoring

from domain.store.core import transactions
from domain.store.core.database import Database, connect
from domain.store.core.deadlines import WORK_MS
from domain.store.core.migrate import migrate
from tests.addresses import database_at
from tests.crash.killer import Killer
from tests.crash.test_killed_program import ready
from tests.crash.transitions import TRANSITIONS, Transition, left_at
from tests.model.site import Site, expected
from tests.model.world import DONE
from tests.servers import database_on
from tests.soak import LONG, sampled

pytestmark = sampled

SAMPLE = {"book what is held"}
SAMPLED_STEPS = {4, 9}
MOST_STEPS = 60


@asynccontextmanager
async def database_in(folder: Path) -> AsyncIterator[tuple[Database, int, str]]:
    """The database whose data is in a folder, its server's process, and its address."""
    with database_on(folder) as server:
        assert server.process is not None
        uri = database_at(server.uri, "crash")
        migrate(uri)
        async with connected(uri) as database:
            yield database, server.process.pid, uri


@asynccontextmanager
async def connected(uri: str, timeout_ms: int = WORK_MS) -> AsyncIterator[Database]:
    database = connect(uri, timeout_ms=timeout_ms)
    try:
        yield database
    finally:
        await database.close()


async def acknowledged(
    uri: str, site: Site, transition: Transition, now: Any, killer: Killer
) -> bool:
    """Carry the order out while the database dies; say whether it was said to be done."""
    async with connected(uri, timeout_ms=500) as hurried:  # nothing comes back meanwhile
        killer.armed = True
        try:
            there = Site(hurried, site.keys, site.prefix)
            with pytest.MonkeyPatch.context() as brief:
                brief.setattr(transactions, "RETRY_S", 0.5)
                return await there.run(transition.order, now) == DONE
        except Exception:  # whatever the driver makes of it: the visitor sees "we'll be right back"
            return False
        finally:
            killer.armed = False


@pytest.mark.parametrize(
    "transition", [t for t in TRANSITIONS if LONG or t.name in SAMPLE], ids=str
)
async def test_what_was_acknowledged_is_there_and_nothing_is_torn(
    tmp_path: Path, now, transition: Transition
):
    for step in count() if LONG else sorted(SAMPLED_STEPS):
        folder = tmp_path / str(step)
        folder.mkdir()
        killer = Killer(step)
        monitoring.register(killer)
        async with database_in(folder) as (database, pid, uri):
            killer.victim = pid
            world, site = await ready(database, transition, now)
            allowed = list(left_at(world, transition.order))
            was_done = await acknowledged(uri, site, transition, world.now, killer)

        async with database_in(folder) as (restarted, *_):
            after = Site(restarted, site.keys, site.prefix)
            seen = await after.seen()
            ends = allowed[-1:] if was_done else allowed
            left = next((end for end in ends if expected(end) == seen), None)
            assert left is not None, f"torn at step {step}"
            again = await after.run(transition.order, world.now)
            assert (again, await after.seen()) == (left.run(transition.order), expected(left))
        if not killer.struck:
            return
        assert step < MOST_STEPS
