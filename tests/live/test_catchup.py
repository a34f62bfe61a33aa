"""Catching up on the real database."""

import asyncio
from datetime import timedelta

import pytest
from bson import ObjectId

from domain.rules.instants import to_milliseconds
from domain.rules.slots import SlotState
from domain.store.core import changes
from domain.store.core.database import Database
from domain.store.documents import Slot
from tests.live.support import (
    LONDON,
    TOKYO,
    TinyRenderer,
    add_slots,
    change,
    read_messages,
)
from web.http import clock
from web.live.catchup import CatchUp
from web.live.messages import Message
from web.live.positions import MARGIN, read_position


def names(message: Message) -> list[str]:
    """Return what a message tells, less its last word."""
    *told, last = [heard.event for heard in read_messages(message.data.decode())]
    assert last == "caughtUp"
    return told


async def test_changes_come_in_the_order_they_were_made_then_their_days(database: Database):
    expert = ObjectId()
    slots = await add_slots(database, expert, 3)
    since = clock.now()
    for slot, state in zip(reversed(slots), ["booked", "held", "open"], strict=True):
        await change(database, slot, SlotState(state))
        await asyncio.sleep(0.002)  # instants are whole milliseconds

    catch_up = CatchUp(database, TinyRenderer(), clock=clock.now)
    message = await catch_up.since(expert, LONDON, since)

    heard = read_messages(message.data.decode())
    assert names(message) == ["slotBooked", "slotHeld", "slotFreed", "dayChanged"]
    assert [m.slot_id for m in heard[:3]] == [str(slot.id) for slot in reversed(slots)]
    assert message.revs == {str(slot.id): 2 for slot in slots}


async def test_with_nothing_missed_there_is_only_a_new_position(database: Database):
    expert = ObjectId()
    await add_slots(database, expert)
    begun_at = clock.now()

    catch_up = CatchUp(database, TinyRenderer(), clock=clock.now)
    message = await catch_up.since(expert, LONDON, begun_at)

    (heard,) = read_messages(message.data.decode())
    assert (heard.event, heard.data) == ("caughtUp", "")
    assert int(heard.id) >= to_milliseconds(begun_at)


async def test_only_the_end_of_a_catch_up_brings_a_listener_further(database: Database):
    expert = ObjectId()
    early, late = await add_slots(database, expert, 2)
    since = clock.now()
    await change(database, late, SlotState.BOOKED)
    await change(database, early, SlotState.WITHDRAWN)

    catch_up = CatchUp(database, TinyRenderer(), clock=clock.now)
    message = await catch_up.since(expert, LONDON, since - MARGIN)

    *told, last = read_messages(message.data.decode())
    positions = [read_position(heard.id, None, clock.now()) for heard in told]
    assert [heard.event for heard in told] == ["slotBooked", "slotWithdrawn"]
    assert all(position.since and position.since <= since - MARGIN for position in positions)
    assert int(last.id) >= to_milliseconds(since)


async def test_times_published_or_withdrawn_meanwhile_bring_their_days(database: Database):
    expert = ObjectId()
    (old,) = await add_slots(database, expert)
    since = clock.now()
    tomorrow = old.starts_at + timedelta(days=1)
    (new,) = await add_slots(database, expert, starts_at=tomorrow, published=timedelta())
    await change(database, new, SlotState.HELD)
    await change(database, old, SlotState.WITHDRAWN)

    catch_up = CatchUp(database, TinyRenderer(), clock=clock.now)
    message = await catch_up.since(expert, LONDON, since)

    heard = read_messages(message.data.decode())
    assert names(message) == ["slotWithdrawn", "slotPublished"]
    assert f"{new.id}=held" in heard[1].data


async def test_a_feed_that_was_away_for_hours_sends_the_whole_list(database: Database):
    expert = ObjectId()
    await add_slots(database, expert)

    catch_up = CatchUp(database, TinyRenderer(), clock=clock.now)
    message = await catch_up.since(expert, LONDON, clock.now() - timedelta(hours=2))

    assert names(message) == ["resync"]


async def test_a_thousand_listeners_that_come_back_at_once_share_one_read(
    database: Database, monkeypatch: pytest.MonkeyPatch
):
    expert = ObjectId()
    (slot,) = await add_slots(database, expert)
    since = clock.now()
    await change(database, slot, SlotState.BOOKED)
    reads, read = [], changes.changed_since

    async def counted(*arguments: object, **options: object) -> list[Slot]:
        reads.append(arguments)
        return await read(*arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(changes, "changed_since", counted)
    renderer = TinyRenderer()
    catch_up = CatchUp(database, renderer, clock=clock.now)
    messages = await asyncio.gather(
        *(
            catch_up.since(expert, audience, since + timedelta(milliseconds=n % 5))
            for n in range(500)
            for audience in (LONDON, TOKYO)
        )
    )

    assert len(reads) <= 2  # two, where the positions lie on both sides of a grain
    assert len({id(message.data) for message in messages}) <= 2 * len(reads)
    assert sum(asked.startswith("slot") for asked in renderer.asked) <= 2 * len(reads)
