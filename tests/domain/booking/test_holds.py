import asyncio
from datetime import timedelta

import pytest
from odmantic import ObjectId

from domain.booking import holds
from domain.booking.hold_deadlines import extend, leave, resume
from domain.rules.errors import Code, Refusal
from domain.rules.slots import LEAD, MAX_EXTENSIONS, SlotState
from domain.store.core.database import Database
from domain.store.documents import Slot
from domain.store.slots import claiming as slots
from tests.factories import make_slot
from tests.store.queries import asking

HOLD = timedelta(minutes=5)
LEAVING = timedelta(seconds=10)
MS = timedelta(milliseconds=1)


async def hold(database, slot, visitor, now):
    return await holds.hold(database, slot.id, visitor, now=now, hold_for=HOLD)


async def refused(call) -> Code:
    with pytest.raises(Refusal) as caught:
        await call
    return caught.value.code


async def test_a_free_time_is_held_for_as_long_as_the_setting_says(database: Database, now):
    slot = await make_slot(database, starts_at=now + timedelta(days=1))

    held = await hold(database, slot, "ann", now)

    assert (held.state, held.held_by, held.held_until) == (SlotState.HELD, "ann", now + HOLD)


async def test_a_held_time_is_refused_to_everybody_else(database: Database, now):
    slot = await make_slot(database, starts_at=now + timedelta(days=1))
    await hold(database, slot, "ann", now)

    assert await refused(hold(database, slot, "ben", now + HOLD - MS)) is Code.SLOT_TAKEN


async def test_who_comes_late_to_a_time_costs_one_read_and_no_write(
    database: Database, database_uri: str, now
):
    slot = await make_slot(database, starts_at=now + timedelta(days=1))
    await hold(database, slot, "ann", now)

    async with asking(database, database_uri) as asked:
        assert await refused(hold(asked.database, slot, "ben", now)) is Code.SLOT_TAKEN

    assert [query.command for query in asked.listener.seen] == ["find"]


async def test_an_expired_hold_can_be_taken_the_very_next_millisecond(database: Database, now):
    slot = await make_slot(database, starts_at=now + timedelta(days=1))
    await hold(database, slot, "ann", now)

    held = await hold(database, slot, "ben", now + HOLD)

    assert held.held_by == "ben"


async def test_holding_again_what_one_holds_changes_nothing(database: Database, now):
    slot = await make_slot(database, starts_at=now + timedelta(days=1))
    first = await hold(database, slot, "ann", now)

    again = await hold(database, slot, "ann", now + timedelta(seconds=1))

    assert (again.rev, again.held_until) == (first.rev, first.held_until)


async def test_a_time_closes_before_it_starts(database: Database, now):
    slot = await make_slot(database, starts_at=now + LEAD)

    assert await refused(hold(database, slot, "ann", now)) is Code.SLOT_TAKEN
    assert (await hold(database, slot, "ann", now - MS)).held_by == "ann"


async def test_a_time_that_was_never_published_cannot_be_held(database: Database, now):
    withdrawn = await make_slot(
        database, starts_at=now + timedelta(days=1), state=SlotState.WITHDRAWN
    )
    unknown = holds.hold(database, ObjectId(), "ann", now=now, hold_for=HOLD)

    assert await refused(hold(database, withdrawn, "ann", now)) is Code.SLOT_UNKNOWN
    assert await refused(unknown) is Code.SLOT_UNKNOWN


async def test_a_new_hold_gives_up_the_older_one(database: Database, now):
    older = await make_slot(database, starts_at=now + timedelta(days=1))
    newer = await make_slot(database, starts_at=now + timedelta(days=2))
    await hold(database, older, "ann", now)

    await hold(database, newer, "ann", now + MS)

    freed = await slots.find(database, older.id)
    assert freed is not None
    assert freed.state is SlotState.OPEN


async def test_an_older_hold_is_given_up_however_long_it_was_extended(database: Database, now):
    older = await make_slot(database, starts_at=now + timedelta(days=1))
    newer = await make_slot(database, starts_at=now + timedelta(days=2))
    await hold(database, older, "ann", now)
    await extend(database, older.id, "ann", now=now, hold_for=HOLD)

    await hold(database, newer, "ann", now + MS)

    freed = await slots.find(database, older.id)
    assert freed is not None
    assert freed.state is SlotState.OPEN


async def test_two_tabs_that_choose_at_once_do_not_release_each_other(database: Database, now):
    one = await make_slot(database, starts_at=now + timedelta(days=1))
    two = await make_slot(database, starts_at=now + timedelta(days=2))

    await asyncio.gather(hold(database, one, "ann", now), hold(database, two, "ann", now))

    held = await slots.held_by(database, "ann", now)
    assert {slot.id for slot in held} == {one.id, two.id}


async def test_a_time_that_is_pressed_twice_at_once_stays_held(
    database: Database, now, monkeypatch: pytest.MonkeyPatch
):
    slot = await make_slot(database, starts_at=now + timedelta(days=1))
    await hold(database, slot, "ann", now)
    read, as_read_before = holds.slot_to_claim, [slot]

    async def read_before_it_was_held(database: Database, slot_id: ObjectId) -> Slot:
        return as_read_before.pop() if as_read_before else await read(database, slot_id)

    monkeypatch.setattr(holds, "slot_to_claim", read_before_it_was_held)
    held = await hold(database, slot, "ann", now + MS)

    assert (held.state, held.held_by) == (SlotState.HELD, "ann")


async def test_of_a_crowd_that_chooses_at_once_exactly_one_holds(database: Database, now):
    slot = await make_slot(database, starts_at=now + timedelta(days=1))

    outcomes = await asyncio.gather(
        *(hold(database, slot, f"visitor {n}", now) for n in range(40)), return_exceptions=True
    )

    winners = [o for o in outcomes if not isinstance(o, Refusal)]
    assert len(winners) == 1
    assert all(o.code is Code.SLOT_TAKEN for o in outcomes if isinstance(o, Refusal))


async def test_a_hold_can_be_extended_only_while_it_lasts_and_only_ten_times(database, now):
    slot = await make_slot(database, starts_at=now + timedelta(days=1))
    await hold(database, slot, "ann", now)

    for n in range(1, 11):
        extended = await extend(database, slot.id, "ann", now=now, hold_for=HOLD)
        assert extended.held_until == now + (n + 1) * HOLD
    spent = extend(database, slot.id, "ann", now=now, hold_for=HOLD)
    lapsed = extend(database, slot.id, "ann", now=now + 11 * HOLD, hold_for=HOLD)
    other = extend(database, slot.id, "ben", now=now, hold_for=HOLD)

    assert await refused(spent) is Code.HOLD_SPENT
    assert await refused(lapsed) is Code.HOLD_GONE
    assert await refused(other) is Code.HOLD_GONE


async def test_giving_up_frees_the_time_and_can_be_repeated(database: Database, now):
    slot = await make_slot(database, starts_at=now + timedelta(days=1))
    await hold(database, slot, "ann", now)

    for _ in range(2):
        freed = await holds.release(database, slot.id, "ann", now=now)
        assert freed.state is SlotState.OPEN
    assert (await hold(database, slot, "ben", now)).held_by == "ben"


async def test_nobody_gives_up_anothers_hold(database: Database, now):
    slot = await make_slot(database, starts_at=now + timedelta(days=1))
    await hold(database, slot, "ann", now)

    kept = await holds.release(database, slot.id, "ben", now=now)

    assert kept.held_by == "ann"


async def test_a_hold_outlives_its_page_by_a_moment(database: Database, now):
    slot = await make_slot(database, starts_at=now + timedelta(days=1))
    held = await hold(database, slot, "ann", now)

    await leave(database, slot.id, "ann", rev=held.rev, now=now, leaving=LEAVING)

    assert await refused(hold(database, slot, "ben", now + LEAVING - MS)) is Code.SLOT_TAKEN
    assert (await hold(database, slot, "ben", now + LEAVING)).held_by == "ben"


async def test_leaving_never_makes_a_hold_longer(database: Database, now):
    slot = await make_slot(database, starts_at=now + timedelta(days=1))
    held = await hold(database, slot, "ann", now)

    await leave(database, slot.id, "ann", rev=held.rev, now=now + HOLD - MS, leaving=LEAVING)

    assert (await holds.slot_to_claim(database, slot.id)).held_until == now + HOLD


async def test_a_page_that_is_back_in_time_has_its_hold_as_long_as_a_new_one(database, now):
    slot = await make_slot(database, starts_at=now + timedelta(days=1))
    held = await hold(database, slot, "ann", now)
    await leave(database, slot.id, "ann", rev=held.rev, now=now, leaving=LEAVING)
    back = now + LEAVING - MS

    kept = await resume(database, slot.id, "ann", now=back, hold_for=HOLD)

    assert (kept.held_by, kept.held_until) == ("ann", back + HOLD)


async def test_a_page_left_late_takes_nothing_from_one_that_was_loaded_since(database, now):
    slot = await make_slot(database, starts_at=now + timedelta(days=1))
    held = await hold(database, slot, "ann", now)
    kept = await resume(database, slot.id, "ann", now=now + MS, hold_for=HOLD)

    await leave(database, slot.id, "ann", rev=held.rev, now=now + MS, leaving=LEAVING)

    assert await holds.slot_to_claim(database, slot.id) == kept


async def test_a_page_left_late_takes_nothing_from_an_extended_hold_either(database: Database, now):
    slot = await make_slot(database, starts_at=now + timedelta(days=1))
    await hold(database, slot, "ann", now)
    longer = await extend(database, slot.id, "ann", now=now, hold_for=HOLD)
    kept = await resume(database, slot.id, "ann", now=now + MS, hold_for=HOLD)

    await leave(database, slot.id, "ann", rev=longer.rev, now=now + MS, leaving=LEAVING)

    assert await holds.slot_to_claim(database, slot.id) == kept
    assert kept.held_until == longer.held_until


async def test_of_two_pages_one_of_which_is_left_the_other_keeps_the_hold(database, now):
    for attempt in range(20):
        slot = await make_slot(database, starts_at=now + timedelta(days=1, hours=attempt))
        held = await hold(database, slot, "ann", now)
        at = now + MS

        await asyncio.gather(
            leave(database, slot.id, "ann", rev=held.rev, now=at, leaving=LEAVING),
            resume(database, slot.id, "ann", now=at, hold_for=HOLD),
        )

        assert (await holds.slot_to_claim(database, slot.id)).held_until == at + HOLD


async def test_loading_a_page_again_and_again_holds_no_longer_than_ten_extensions(database, now):
    slot = await make_slot(database, starts_at=now + timedelta(days=1))
    await hold(database, slot, "ann", now)

    for minutes in range(0, 60, 2):
        at = now + timedelta(minutes=minutes)
        kept = await resume(database, slot.id, "ann", now=at, hold_for=HOLD)

    assert kept.held_until == now + (MAX_EXTENSIONS + 1) * HOLD


async def test_nobody_takes_up_or_leaves_what_is_not_theirs(database: Database, now):
    slot = await make_slot(database, starts_at=now + timedelta(days=1))
    held = await hold(database, slot, "ann", now)

    await leave(database, slot.id, "ben", rev=held.rev, now=now, leaving=LEAVING)
    await resume(database, slot.id, "ben", now=now + MS, hold_for=HOLD)

    assert await holds.slot_to_claim(database, slot.id) == held


async def test_a_hold_that_has_lapsed_is_not_taken_up(database: Database, now):
    slot = await make_slot(database, starts_at=now + timedelta(days=1))
    await hold(database, slot, "ann", now)

    lapsed = await resume(database, slot.id, "ann", now=now + HOLD, hold_for=HOLD)

    assert lapsed.held_until == now + HOLD
