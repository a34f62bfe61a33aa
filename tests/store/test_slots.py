from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st
from odmantic import ObjectId

from domain.rules import slots as rules
from domain.rules.instants import EPOCH
from domain.rules.slots import LEAD, SlotState
from domain.store.bookings import holds
from domain.store.core.database import Database
from domain.store.documents import Slot
from domain.store.slots import claiming as slots
from domain.store.slots import guards
from tests.factories import slot_of

MS = timedelta(milliseconds=1)
OFFSETS = [timedelta(0), MS, -MS, LEAD, LEAD + MS, LEAD - MS, timedelta(hours=1)]


async def test_the_guards_say_what_the_rules_say(database: Database, now):
    """Every state, at and around every boundary: the query finds a slot when the rule holds."""
    all_slots = [
        slot_of(
            ObjectId(),
            now + start,
            opens_at=opens_at,
            closes_at=now + start - notice,
            state=state,
            held_by=held_by,
            retiring=retiring,
            held_until=now + until if until is not None else EPOCH,
        )
        for state in SlotState
        for start in OFFSETS
        for opens_at in [EPOCH, now, now + MS]
        for notice in [LEAD, 2 * LEAD]
        for until in [None, *OFFSETS[:3]]
        for held_by in [None, "ann", "ben"]
        for retiring in [False, True]
    ]
    collection = database.collection(Slot)
    await collection.insert_many([slot.model_dump_doc() for slot in all_slots])

    free = {d["_id"] async for d in collection.find(guards.free_guard(now))}
    bookable = {d["_id"] async for d in collection.find(guards.booking_guard("ann", now))}

    assert free == {s.id for s in all_slots if rules.is_free(s, now)}
    assert bookable == {s.id for s in all_slots if rules.may_book(s, "ann", now)}
    assert 0 < len(free) < len(all_slots)
    assert 0 < len(bookable) < len(all_slots)


async def test_the_nearest_free_times_lie_on_both_sides(database: Database, now):
    expert_id, around = ObjectId(), now + timedelta(days=2)
    hours = {h: slot_of(expert_id, around + timedelta(hours=h)) for h in (-30, -2, -1, 0, 1, 5, 40)}
    hours[0].state = hours[-1].state = SlotState.BOOKED
    await database.engine.save_all(list(hours.values()))

    nearest = await slots.nearest_free(database, [expert_id], around, now, limit=3)

    assert [slot.id for slot in nearest] == [hours[h].id for h in (-2, 1, 5)]


async def test_the_nearest_free_times_never_lie_in_the_past(database: Database, now):
    expert_id = ObjectId()
    await database.engine.save_all(
        [slot_of(expert_id, now + timedelta(hours=h)) for h in (-5, -1, 1)]
    )

    nearest = await slots.nearest_free(
        database, [expert_id], now - timedelta(hours=1), now, limit=3
    )

    assert [slot.starts_at for slot in nearest] == [now + timedelta(hours=1)]


async def test_every_change_of_a_slot_counts_in_its_revision(database: Database, now):
    slot = slot_of(ObjectId(), now + timedelta(days=1))
    await database.engine.save(slot)

    revisions = []
    for n in range(3):
        later = now + n * timedelta(seconds=1)
        assert await slots.hold(database, slot.id, "ann", now=later, until=later + LEAD)
        assert await holds.release(database, slot.id, "ann", now=later)
        found = await slots.find(database, slot.id)
        assert found is not None
        assert found.changed_at == later
        revisions.append(found.rev)

    assert revisions == [3, 5, 7]


@given(st.lists(st.sampled_from(["ann", "ben", "eve"]), max_size=6))
def test_only_one_visitor_can_ever_hold_a_free_time(names):
    """The rule itself: once held, a slot is free for nobody until the hold lapses."""
    slot = slot_of(ObjectId(), EPOCH + timedelta(days=1))
    winners = []
    for name in names:
        if rules.is_free(slot, EPOCH + timedelta(hours=1)):
            slot.state, slot.held_by = SlotState.HELD, name
            slot.held_until = EPOCH + timedelta(hours=2)
            winners.append(name)

    assert winners == names[:1]
