"""Holds that lapse, on the real database."""

import asyncio
from datetime import datetime, timedelta

import pytest
from bson import ObjectId

from domain.rules.instants import EPOCH
from domain.rules.slots import SlotState
from domain.store.bookings import holds
from domain.store.core.database import Database, Key
from domain.store.slots import claiming as slots
from tests.live.support import Ear, add_slots, free, hold, living, streams
from tests.waiting import PATIENCE_S, until
from web.http import clock

BLINK = timedelta(milliseconds=400)


def freed(ear: Ear) -> list[int]:
    """Return the states in which a listener was told that a time is free."""
    return [message.rev for message in ear.heard if message.event == "slotFreed"]


async def test_a_hold_that_lapses_is_announced_once(database: Database):
    expert = ObjectId()
    (slot,) = await add_slots(database, expert)

    async with (
        streams(database) as here,
        streams(database) as there,
        here.listen(expert) as ann,
        there.listen(expert) as ben,
    ):
        for rev in (3, 5):  # a second announcement of the first would come before the second's
            lapses_at = clock.now() + BLINK
            await hold(database, slot, until=lapses_at)
            await until(lambda: freed(ann)[-1:] == freed(ben)[-1:] == [rev])  # noqa: B023
            assert clock.now() >= lapses_at

    assert {*freed(ann)} == {*freed(ben)} == {3, 5}
    after = await slots.find(database, slot.id)
    assert after is not None
    assert (after.state, after.held_by, after.held_until, after.rev) == (
        SlotState.OPEN,
        None,
        EPOCH,
        5,
    )


async def test_a_hold_that_the_feed_has_not_seen_is_announced_too(database: Database):
    expert = ObjectId()
    (slot,) = await add_slots(database, expert)
    await hold(database, slot, until=clock.now() + BLINK)

    async with streams(database) as live, live.listen(expert) as ann:
        await ann.hear("slotFreed")


async def test_more_than_a_hundred_holds_that_lapse_together_are_all_announced(database: Database):
    expert = ObjectId()
    made = await add_slots(database, expert, 120)
    until = clock.now() + timedelta(seconds=1)
    for slot in made:
        await hold(database, slot, until=until)

    async with living(database):
        async with asyncio.timeout(PATIENCE_S):
            while await holds.lapsed(database, until, limit=1):
                pass

    states = {
        slot.state
        for slot in await slots.between(database, expert, made[0].starts_at, made[-1].ends_at)
    }
    assert states == {SlotState.OPEN}


async def test_one_that_is_fought_over_keeps_up_no_other(
    database: Database, monkeypatch: pytest.MonkeyPatch
):
    crowded, expert = ObjectId(), ObjectId()
    (fought_over,) = await add_slots(database, crowded)
    (slot,) = await add_slots(database, expert)
    announce = holds.announce

    async def busy(database: Database, slot_id: Key, *, now: datetime) -> bool:
        if slot_id == fought_over.id:
            await asyncio.Event().wait()  # for ever
        return await announce(database, slot_id, now=now)

    monkeypatch.setattr(holds, "announce", busy)
    async with streams(database) as live, live.listen(expert) as ann:
        await hold(database, fought_over, until=clock.now() + BLINK / 2)
        await hold(database, slot, until=clock.now() + BLINK)
        await ann.hear("slotFreed")


async def test_of_many_that_announce_a_lapse_one_succeeds(database: Database):
    (slot,) = await add_slots(database, ObjectId())
    await hold(database, slot, until=clock.now())
    now = clock.now()

    outcomes = await asyncio.gather(
        *(holds.announce(database, slot.id, now=now) for _ in range(20))
    )

    assert sum(outcomes) == 1


async def test_a_hold_that_was_extended_or_taken_anew_is_left_alone(database: Database):
    (slot,) = await add_slots(database, ObjectId())
    await hold(database, slot, until=clock.now() + timedelta(minutes=1))

    assert not await holds.announce(database, slot.id, now=clock.now())
    assert await holds.lapsed(database, clock.now(), limit=10) == []


async def test_a_slot_that_is_free_anyway_is_left_alone(database: Database):
    (slot,) = await add_slots(database, ObjectId())
    await hold(database, slot, until=clock.now())
    await free(database, slot)

    assert not await holds.announce(database, slot.id, now=clock.now())
