"""Catching up on the real database."""

import asyncio
from datetime import timedelta

import pytest
from bson import ObjectId

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


def names(message: Message) -> list[str]:
    return [heard.event for heard in read_messages(message.data.decode())]


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
    assert [m.event for m in heard] == ["slotBooked", "slotHeld", "slotFreed", "dayChanged"]
    assert [m.slot_id for m in heard[:3]] == [str(slot.id) for slot in reversed(slots)]
    assert message.revs == {str(slot.id): 2 for slot in slots}


async def test_with_nothing_missed_there_is_nothing_to_say(database: Database):
    expert = ObjectId()
    await add_slots(database, expert)

    catch_up = CatchUp(database, TinyRenderer(), clock=clock.now)

    assert (await catch_up.since(expert, LONDON, clock.now())).data == b""


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
    assert [m.event for m in heard] == ["slotWithdrawn", "slotPublished"]
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
