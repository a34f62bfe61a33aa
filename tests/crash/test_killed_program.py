"""The program is killed with -9 before and after every command of every transition."""

import asyncio
import multiprocessing
from itertools import count
from typing import Any

import pytest
from bson.binary import UUID_SUBTYPE, Binary

from domain.store.core.database import Database
from tests.crash.transitions import TRANSITIONS, Transition, left_at
from tests.crash.victim import KILLED, Errand, run
from tests.model.site import Site, expected, new_world
from tests.model.test_orders import follow
from tests.model.world import World
from tests.soak import drawn, sampled

pytestmark = sampled

MOST_STEPS = 60
STRIDE = drawn(4, 1)
"""Each transition is sampled from a step of its own on; the long form kills at every step."""


@pytest.fixture(scope="module")
def processes() -> Any:
    """A context whose processes begin with everything imported."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.crash.victim"])
    return context


async def killed(database: Database, processes: Any, errand: Errand) -> bool:
    """Send a victim; say whether it was killed before it was done."""
    heard, last_words = processes.Pipe(duplex=False)
    process = processes.Process(target=run, args=(errand, last_words))
    process.start()
    await asyncio.to_thread(process.join, 60)
    assert process.exitcode in {0, KILLED}, process.exitcode
    if process.exitcode != KILLED:
        return False
    left = [{"id": Binary(name, UUID_SUBTYPE)} for name in heard.recv()]
    await database.motor.admin.command("killSessions", left)  # by themselves they take a minute
    return True


async def ready(database: Database, transition: Transition, now: Any) -> tuple[World, Site]:
    """A site at which everything that leads up to a transition has happened."""
    world = new_world(now)
    site = await Site.of(database, world)
    await follow(world, site, list(transition.prelude))
    return world, site


@pytest.mark.parametrize("transition", TRANSITIONS, ids=str)
async def test_nothing_is_torn_wherever_the_program_is_killed(
    database: Database, database_uri: str, now, processes, transition: Transition
):
    for step in count(TRANSITIONS.index(transition) % STRIDE, STRIDE):
        world, site = await ready(database, transition, now)
        errand = Errand(database_uri, site.keys, site.prefix, transition.order, world.now, step)
        allowed = list(left_at(world, transition.order))

        was_killed = await killed(database, processes, errand)

        seen = await site.seen()
        ends = allowed if was_killed else allowed[-1:]
        left = next((end for end in ends if expected(end) == seen), None)
        assert left is not None, f"torn at step {step}"
        again = await site.run(transition.order, world.now)
        assert (again, await site.seen()) == (left.run(transition.order), expected(left))
        if not was_killed:
            assert step >= STRIDE
            return
        assert step < MOST_STEPS
