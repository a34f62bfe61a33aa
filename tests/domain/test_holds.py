import asyncio
from datetime import timedelta

import pytest
from odmantic import ObjectId

from domain import holds
from domain.errors import Code, Refusal
from domain.slots import LEAD, SlotState
from domain.store import slots
from domain.store.database import Database
from tests.factories import make_slot
from tests.store.queries import asking

HOLD = timedelta(minutes=5)
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

    assert [query.command for query in asked.listener.seen] == ["aggregate"]


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
    await holds.extend(database, older.id, "ann", now=now, hold_for=HOLD)

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
        extended = await holds.extend(database, slot.id, "ann", now=now, hold_for=HOLD)
        assert extended.held_until == now + (n + 1) * HOLD
    spent = holds.extend(database, slot.id, "ann", now=now, hold_for=HOLD)
    lapsed = holds.extend(database, slot.id, "ann", now=now + 11 * HOLD, hold_for=HOLD)
    other = holds.extend(database, slot.id, "ben", now=now, hold_for=HOLD)

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
