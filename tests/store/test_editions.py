"""What is known of times without reading them: whether any changed, and who holds one."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest

from domain.rules.instants import EPOCH
from domain.store.core.background import end
from domain.store.core.database import Database
from domain.store.documents import Slot
from domain.store.memory.editions import Editions
from domain.store.memory.holders import Holders
from domain.store.memory.slot_changes import slot_watcher
from domain.store.memory.watcher import Together
from domain.store.slots import claiming as slots
from tests.factories import make_slot, slot_of
from tests.waiting import until
from web.http import clock

DAY = timedelta(days=1)
HOLD = timedelta(minutes=5)


@pytest.fixture
def editions() -> Editions:
    return Editions()


@pytest.fixture
def holders(database: Database) -> Holders:
    return Holders(database)


@pytest.fixture
async def slot(
    database: Database, editions: Editions, holders: Holders, now: datetime
) -> AsyncIterator[Slot]:
    """A time from before both of them hear of every change."""
    made = await make_slot(database, starts_at=now + DAY)
    both = Together(editions, holders)
    task = asyncio.create_task(slot_watcher(database, both, clock=clock.now).run())
    await until(lambda: not holders.may_include("nobody"))
    yield made
    await end(task)


async def hold(database: Database, slot: Slot, visitor_id: str, now: datetime) -> None:
    assert await slots.hold(database, slot.id, visitor_id, now=now, until=now + HOLD)


async def free(database: Database, slot: Slot) -> None:
    nobody = {"state": "open", "held_by": None, "held_until": EPOCH}
    gone = {"$set": nobody, "$inc": {"rev": 1}}
    await database.collection(Slot).update_one({"_id": slot.id}, gone)


async def test_an_edition_lasts_until_a_time_changes(database, editions, slot, now):
    before = editions.of(slot.expert_id)
    assert editions.of(slot.expert_id) is before

    await hold(database, slot, "ann", now)

    await until(lambda: editions.of(slot.expert_id) is not before)


async def test_a_new_time_makes_a_new_edition(database, editions, slot, now):
    before = editions.of(slot.expert_id)

    await database.engine.save(slot_of(slot.expert_id, now + 2 * DAY))

    await until(lambda: editions.of(slot.expert_id) is not before)


async def test_a_change_of_another_expert_leaves_an_edition(database, editions, slot, now):
    before = editions.of(slot.expert_id)
    other = await make_slot(database, starts_at=now + DAY)
    of_other = editions.of(other.expert_id)

    await hold(database, other, "ann", now)

    await until(lambda: editions.of(other.expert_id) is not of_other)
    assert editions.of(slot.expert_id) is before


async def test_while_changes_do_not_arrive_nobody_knows_the_edition(editions, slot):
    before = editions.of(slot.expert_id)
    editions.down()

    assert editions.of(slot.expert_id) is None

    await editions.up(clock.now())
    assert editions.of(slot.expert_id) is not before


async def test_who_holds_a_time_is_a_holder_until_it_is_given_up(database, holders, slot, now):
    other = await make_slot(database, starts_at=now + DAY)

    await hold(database, slot, "ann", now)
    await hold(database, other, "ann", now)
    await until(lambda: holders.may_include("ann"))
    await free(database, slot)
    await hold(database, slot, "eve", now)
    await until(lambda: holders.may_include("eve"))
    assert holders.may_include("ann")
    await free(database, other)

    await until(lambda: not holders.may_include("ann"))
    assert holders.may_include("eve")


async def test_who_held_a_time_before_is_read(database, holders, slot, now):
    await hold(database, slot, "ann", now)

    await holders.up(now)

    assert holders.may_include("ann")
    assert not holders.may_include("eve")


async def test_while_changes_do_not_arrive_anybody_may_be_a_holder(holders, now):
    await holders.up(now)
    holders.down()

    assert holders.may_include("eve")
