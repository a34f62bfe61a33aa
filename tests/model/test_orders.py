"""Any orders in any sequence, one by one and at once, against the model."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from odmantic.query import desc

from domain.store.bookings import claims, rescheduling
from domain.store.core.database import connect
from domain.store.documents.waitlist import WaitlistEntry
from domain.store.slots import claiming as slots
from domain.store.waitlist import line
from tests.model.orders import AT_ONCE, FULL, STEPS
from tests.model.site import EXTRA, Site, expected, new_world
from tests.model.world import HOLD, OFFER, Order, World, all_ways
from tests.soak import drawn, sampled

pytestmark = sampled

SERIAL = settings(
    max_examples=drawn(10, 600),
    database=None,
    suppress_health_check=list(HealthCheck),
)
PARALLEL = settings(SERIAL, max_examples=drawn(20, 2_000))

Steps = list[Order | timedelta]


@pytest.fixture
def runner() -> Iterator[asyncio.Runner]:
    """A loop of this test's own: Hypothesis calls, and does not wait."""
    with asyncio.Runner() as own:
        yield own


@asynccontextmanager
async def site_of(uri: str, world: World) -> AsyncIterator[Site]:
    """A site in an empty database."""
    database = connect(uri)
    try:
        for collection in ("experts", "slots", "bookings", "waitlist", "outbox"):
            await database.motor[database.name][collection].delete_many({})
        yield await Site.of(database, world)
    finally:
        await database.close()


async def follow(world: World, site: Site, steps: Steps) -> None:
    """Carry orders out one by one, and compare after each."""
    for step in steps:
        if isinstance(step, timedelta):
            world.wait(step)
        else:
            outcome = await site.run(step, world.now)
            assert (step, outcome) == (step, world.run(step))
    assert await site.seen() == expected(world)


def test_orders_one_by_one_do_what_the_model_says(runner, database_uri, now):
    async def play(steps: Steps) -> None:
        world = new_world(now)
        async with site_of(database_uri, world) as site:
            for n in range(0, len(steps), 5):
                await follow(world, site, steps[n : n + 5])

    @SERIAL
    @given(STEPS)
    def check(steps: Steps) -> None:
        runner.run(play(steps))

    check()


async def is_explained(world: World, site: Site, orders: list[Order]) -> bool:
    """Say whether some way through the stages of the orders leads to what is seen."""
    answered = await asyncio.gather(*(site.run(order, world.now) for order in orders))
    seen = await site.seen()
    return any(
        outcomes == answered and expected(end) == seen
        for end, outcomes in all_ways(world, orders, answered)
    )


async def play_at_once(uri: str, now: Any, steps: Steps, orders: list[Order]) -> bool:
    world = new_world(now)
    async with site_of(uri, world) as site:
        await follow(world, site, steps)
        return await is_explained(world, site, orders)


def test_orders_at_once_end_as_some_sequence_of_them_does(runner, database_uri, now):
    @PARALLEL
    @given(STEPS, AT_ONCE)
    def check(steps: Steps, orders: list[Order]) -> None:
        assert runner.run(play_at_once(database_uri, now, steps[:8], orders))

    check()


RACES = [
    [Order("book", "ann", 0, "form 1"), Order("book", "ben", 0, "form 2")],
    [Order("hold", "ann", 0), Order("book", "ben", 0, "form 2"), Order("hold", "eve", 0)],
    [Order("cancel", "ann", 0, "mine"), Order("move", "ann", 2, "mine")],
    [Order("move", "ann", 0, "mine"), Order("move", "ann", 2, "mine")],
    [Order("move", "ann", 2, "mine"), Order("move", "ann", 2, "mine")],
    [Order("move", "ann", 2, "mine"), Order("book", "ben", 2, "form 2")],
    [Order("cancel", "ann", 1, "mine"), Order("book", "ben", 1, "form 2")],
    [Order("cancel", "ann", 1, "mine"), Order("cancel", "ann", 1, "mine")],
    [Order("hold", "ann", 0), Order("hold", "ann", 2), Order("release", "ann", 0)],
]
MINE: Steps = [Order("book", "ann", 1, "mine")]


@pytest.mark.parametrize("orders", RACES, ids=lambda orders: " and ".join(o.verb for o in orders))
def test_a_race_ends_as_some_sequence_does(runner, database_uri, now, orders):
    for _ in range(drawn(2, 50)):
        assert runner.run(play_at_once(database_uri, now, MINE, orders))


IN_LINE = [
    [Order("cancel", "ann", 0, "form 1"), Order("cancel", "ben", 1, "form 2")],
    [Order("cancel", "ann", 0, "form 1"), Order("release", "ben", 2), Order("join", "ben", 0)],
    [Order("cancel", "ben", 1, "form 2"), Order("leave", "eve", 0)],
    [Order("move", "ben", 2, "form 2"), Order("leave", "eve", 0), Order("leave", "ann", 0)],
    [Order("move", "ben", 2, "form 2"), Order("cancel", "ann", 0, "form 1")],
    [Order("prove", "ann", 0), Order("cancel", "ben", 1, "form 2"), Order("join", "ben", 0)],
    [Order("publish", "", EXTRA[0]), Order("cancel", "ben", 1, "form 2")],
    [Order("publish", "", EXTRA[0]), Order("leave", "eve", 0), Order("publish", "", EXTRA[0])],
]
ONES_TURN = [
    [Order("book", "eve", 1, "form 3"), Order("leave", "eve", 0)],
    [Order("book", "eve", 1, "form 3"), Order("book", "ann", 1, "form 4")],
    [Order("book", "eve", 1, "form 3"), Order("announce", "", 1)],
    [Order("leave", "eve", 0), Order("announce", "", 1), Order("hold", "ben", 1)],
]
GIVEN: Steps = [*FULL, Order("cancel", "ben", 1, "form 2")]
TAKEN_OVER = [
    [Order("take_offer", "ben", 1), Order("book", "eve", 1, "form 3")],
    [Order("take_offer", "ann", 1), Order("leave", "ann", 0)],
    [Order("take_offer", "eve", 1), Order("cancel", "ann", 0, "form 1")],
    [Order("take_offer", "ben", 1), Order("take_offer", "ann", 1), Order("join", "ben", 0)],
]
OFFERED: Steps = [*GIVEN, OFFER]
COMES_AGAIN = [
    [Order("hold", "ben", 2), Order("announce", "", 2)],
    [Order("book", "ann", 2, "form 3"), Order("hold", "ben", 2)],
    [Order("move", "ann", 2, "form 1"), Order("book", "ben", 2, "form 3")],
    [Order("move", "ann", 2, "form 1"), Order("leave", "eve", 0)],
]
LAPSED: Steps = [*FULL, HOLD]


@pytest.mark.parametrize(
    ("steps", "orders"),
    [
        *((FULL, orders) for orders in IN_LINE),
        *((GIVEN, orders) for orders in TAKEN_OVER),
        *((OFFERED, orders) for orders in ONES_TURN),
        *((LAPSED, orders) for orders in COMES_AGAIN),
    ],
    ids=lambda orders: " and ".join(getattr(order, "verb", "wait") for order in orders),
)
def test_a_race_over_a_line_ends_as_some_sequence_does(runner, database_uri, now, steps, orders):
    for _ in range(drawn(2, 50)):
        assert runner.run(play_at_once(database_uri, now, steps, orders))


def let_both_read_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have two changes of a booking write only when both have read it, as they may by chance."""
    have_read = asyncio.Barrier(2)
    for module, name in ((claims, "cancel"), (rescheduling, "reschedule")):
        late = partial(_write_late, have_read, getattr(module, name))
        monkeypatch.setattr(module, name, late)


async def _write_late(
    have_read: asyncio.Barrier, write: Callable[..., Awaitable[bool]], *given: Any, **options: Any
) -> bool:
    with suppress(TimeoutError):
        await asyncio.wait_for(have_read.wait(), 1)  # the other may have given up
    return await write(*given, **options)


@pytest.mark.parametrize(
    "missing", ["the guard of a hold", "the guards of transactions", "the order of the line"]
)
def test_the_model_sees_what_happens_without_a_guard(
    runner, database_uri, now, missing, monkeypatch: pytest.MonkeyPatch
):
    """The negative control."""
    steps: Steps = MINE
    if missing == "the guard of a hold":
        monkeypatch.setattr(slots, "free_guard", lambda _, **_options: {})
        orders = [Order("hold", "ann", 0), Order("hold", "ben", 0)]
    elif missing == "the guards of transactions":
        for module in (claims, rescheduling):
            monkeypatch.setattr(module, "expect_one", lambda _: None)
            monkeypatch.setattr(module, "its_slot", lambda booking: {"_id": booking.slot_id})
        let_both_read_first(monkeypatch)
        orders = [Order("cancel", "ann", 1, "mine"), Order("move", "ann", 2, "mine")]
    else:
        monkeypatch.setattr(line, "_BY_TURN", desc(WaitlistEntry.id))
        steps, orders = [*FULL], [Order("cancel", "ben", 1, "form 2")]

    found = (runner.run(play_at_once(database_uri, now, steps, orders)) for _ in range(10))

    assert not all(found)
