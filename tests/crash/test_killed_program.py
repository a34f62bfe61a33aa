"""The program is killed with -9 before and after every command of every transition."""

from datetime import datetime
from functools import partial
from itertools import count
from typing import Any

import pytest

from domain.store.core.database import Database, Key
from tests.crash.transitions import TRANSITIONS, Transition, left_at
from tests.crash.victim import Errand, killed
from tests.model.site import Site, expected, new_world
from tests.model.test_orders import follow
from tests.model.world import Order, World
from tests.soak import LONG, drawn, sampled

pytestmark = sampled

MOST_STEPS = 60
STRIDE = drawn(6, 1)
"""Every other transition is sampled, from a step of its own on; the long form kills at every step
of each."""


async def carry_out(
    database: Database, *, keys: list[Key], prefix: str, order: Order, now: datetime
) -> None:
    await Site(database, keys, prefix).run(order, now)


async def ready(database: Database, transition: Transition, now: Any) -> tuple[World, Site]:
    """A site at which everything that leads up to a transition has happened."""
    world = new_world(now)
    site = await Site.of(database, world)
    await follow(world, site, list(transition.prelude))
    return world, site


@pytest.mark.parametrize("transition", TRANSITIONS if LONG else TRANSITIONS[::2], ids=str)
async def test_nothing_is_torn_wherever_the_program_is_killed(
    database: Database, database_uri: str, now, processes, transition: Transition
):
    for step in count(TRANSITIONS.index(transition) % STRIDE, STRIDE):
        world, site = await ready(database, transition, now)
        order: dict[str, Any] = {
            "keys": site.keys,
            "prefix": site.prefix,
            "order": transition.order,
        }
        errand = Errand(database_uri, partial(carry_out, **order, now=world.now), step)
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
