import asyncio
from collections import Counter
from datetime import timedelta

import pytest

from domain.booking import booking_terms, bookings, cancelling, holds, rescheduling
from domain.booking.bookings import Viewer
from domain.booking.overlaps import Overlapping
from domain.rules.errors import Code, Refusal
from domain.rules.slots import SlotState
from domain.store.audit import audit
from domain.store.bookings import claims
from domain.store.bookings import rescheduling as store
from domain.store.core.database import Database
from domain.store.documents import Booking, BookingStatus, Slot, Step
from domain.store.documents.agreements import Terms
from domain.store.slots import claiming as slots
from domain.store.slots import guards
from domain.store.waitlist import offers
from tests.domain.support import ANN, DAY, HOLD, MS, book, refused, state_of
from tests.factories import make_booking, make_expert, make_slot

FREE = (SlotState.OPEN, 0)
BOOKED = (SlotState.BOOKED, 1)


async def two_times(database: Database, now, **terms) -> tuple[Slot, Slot]:
    expert = await make_expert(database, terms=Terms(**terms))
    one = await make_slot(database, expert, starts_at=now + 3 * DAY)
    return one, await make_slot(database, expert, starts_at=now + 4 * DAY)


async def move(database, booking, slot, *, viewer=ANN, visitor="ann", now, **options) -> Booking:
    return await rescheduling.reschedule(
        database, booking.reference, viewer, slot.id, visitor, now=now, hold_for=HOLD, **options
    )


async def test_both_times_change_together(database: Database, now):
    old, new = await two_times(database, now)
    booking = await book(database, old, now=now)
    await holds.hold(database, new.id, "ann", now=now, hold_for=HOLD)

    moved = await move(database, booking, new, now=now + MS)

    assert (await state_of(database, old), await state_of(database, new)) == (FREE, BOOKED)
    assert (moved.reference, moved.slot_id, moved.starts_at, moved.ends_at) == (
        booking.reference,
        new.id,
        new.starts_at,
        new.ends_at,
    )
    assert await audit(database) == []


async def test_the_booking_remembers_every_time_that_it_had(database: Database, now):
    old, new = await two_times(database, now)
    booking = await book(database, old, now=now)

    await move(database, booking, new, now=now + MS)
    await cancelling.cancel(database, booking.reference, ANN, now=now + 2 * MS)

    found = await bookings.find(database, booking.reference, ANN)
    assert [(change.step, change.at, change.starts_at) for change in found.history] == [
        (Step.BOOKED, now, old.starts_at),
        (Step.RESCHEDULED, now + MS, new.starts_at),
        (Step.CANCELLED, now + 2 * MS, new.starts_at),
    ]
    assert found.rev == 3


async def test_moving_to_the_time_that_it_has_changes_nothing(database: Database, now):
    old, _ = await two_times(database, now, reschedule_before_minutes=100_000)
    booking = await book(database, old, now=now)

    assert await move(database, booking, old, now=now + MS) == booking
    assert await state_of(database, old) == BOOKED


async def test_there_and_back_again_many_times(database: Database, now):
    old, new = await two_times(database, now)
    booking = await book(database, old, now=now)

    for _ in range(5):
        await move(database, booking, new, now=now)
        await move(database, booking, old, now=now)

    assert (await state_of(database, old), await state_of(database, new)) == (BOOKED, FREE)
    assert await audit(database) == []


@pytest.mark.parametrize("lost_to", ["hold", "booking"])
async def test_who_loses_the_new_time_keeps_the_old_one(database: Database, now, lost_to):
    old, new = await two_times(database, now)
    booking = await book(database, old, now=now)
    if lost_to == "hold":
        await holds.hold(database, new.id, "eve", now=now, hold_for=HOLD)
    else:
        await book(database, new, "eve", now=now)

    assert await refused(move(database, booking, new, now=now)) is Code.SLOT_TAKEN
    assert await bookings.find(database, booking.reference, ANN) == booking
    assert await state_of(database, old) == BOOKED


async def test_another_experts_time_is_no_time_to_move_to(database: Database, now):
    old, _ = await two_times(database, now)
    elsewhere, _ = await two_times(database, now)
    booking = await book(database, old, now=now)

    assert await refused(move(database, booking, elsewhere, now=now)) is Code.SLOT_UNKNOWN
    assert await state_of(database, elsewhere) == FREE


async def test_a_stranger_can_move_nothing(database: Database, now):
    old, new = await two_times(database, now)
    booking = await book(database, old, now=now)

    eve = move(database, booking, new, viewer=Viewer("eve"), visitor="eve", now=now)

    assert await refused(eve) is Code.BOOKING_UNKNOWN
    assert (await state_of(database, old), await state_of(database, new)) == (BOOKED, FREE)


async def test_a_cancelled_booking_cannot_be_moved(database: Database, now):
    old, new = await two_times(database, now)
    booking = await book(database, old, now=now)
    await cancelling.cancel(database, booking.reference, ANN, now=now)

    assert await refused(move(database, booking, new, now=now)) is Code.BOOKING_CANCELLED
    assert await refused(move(database, booking, old, now=now)) is Code.BOOKING_CANCELLED


@pytest.mark.parametrize(
    ("change", "code"),
    [("reschedule", Code.TOO_LATE_TO_RESCHEDULE), ("cancel", Code.TOO_LATE_TO_CANCEL)],
)
async def test_terms_hold_from_the_millisecond_at_which_they_begin(
    database: Database, now, change, code
):
    old, new = await two_times(
        database, now, cancel_before_minutes=1_440, reschedule_before_minutes=1_440
    )
    booking = await book(database, old, now=now)
    deadline = old.starts_at - DAY

    async def at(instant):
        if change == "cancel":
            return await cancelling.cancel(database, booking.reference, ANN, now=instant)
        return await move(database, booking, new, now=instant)

    assert await refused(at(deadline + MS)) is code
    assert await refused(at(deadline)) is code
    assert (await at(deadline - MS)).rev == 2


async def test_no_more_reschedules_than_the_terms_allow(database: Database, now):
    old, new = await two_times(database, now, max_reschedules=2)
    booking = await book(database, old, now=now)

    await move(database, booking, new, now=now)
    await move(database, booking, old, now=now)

    assert await refused(move(database, booking, new, now=now)) is Code.NO_RESCHEDULES_LEFT
    assert await state_of(database, old) == BOOKED


async def test_a_booking_that_has_begun_stays_where_it_is(database: Database, now):
    old, new = await two_times(database, now)
    booking = await book(database, old, now=now)

    assert await refused(move(database, booking, new, now=old.starts_at)) is Code.BOOKING_PAST
    await move(database, booking, new, now=old.starts_at - MS)


async def test_the_same_form_sent_many_times_moves_the_booking_once(database: Database, now):
    old, new = await two_times(database, now, max_reschedules=1)
    booking = await book(database, old, now=now)

    moved = await asyncio.gather(*(move(database, booking, new, now=now) for _ in range(8)))

    assert {(b.slot_id, b.rev) for b in moved} == {(new.id, 2)}
    assert (await state_of(database, old), await state_of(database, new)) == (FREE, BOOKED)


async def test_two_moves_to_different_times_at_once_end_at_one_of_them(database: Database, now):
    expert = await make_expert(database)
    for n in range(4):
        hours = [
            make_slot(database, expert, starts_at=now + n * DAY + h * HOLD * 12) for h in (1, 2, 3)
        ]
        old, one, two = [await slot for slot in hours]
        booking = await book(database, old, f"ann {n}", now=now)
        viewer = Viewer(f"ann {n}")

        await asyncio.gather(
            *(
                move(database, booking, slot, viewer=viewer, visitor=f"ann {n}", now=now)
                for slot in (one, two)
            ),
            return_exceptions=True,
        )

        current = await bookings.find(database, booking.reference, viewer)
        states = {slot.id: (await state_of(database, slot))[1] for slot in (old, one, two)}
        assert current.slot_id in {one.id, two.id}
        assert states == {slot.id: int(slot.id == current.slot_id) for slot in (old, one, two)}
    assert await audit(database) == []


async def test_two_bookings_that_want_one_time_are_told_apart(database: Database, now):
    expert = await make_expert(database)
    wanted = await make_slot(database, expert, starts_at=now + 9 * DAY)
    made = [
        await book(
            database,
            await make_slot(database, expert, starts_at=now + (n + 1) * DAY),
            f"visitor {n}",
            now=now,
        )
        for n in range(6)
    ]

    outcomes = await asyncio.gather(
        *(
            move(database, b, wanted, viewer=Viewer(b.visitor_id), visitor=b.visitor_id, now=now)
            for b in made
        ),
        return_exceptions=True,
    )

    assert Counter(type(o) for o in outcomes) == {Booking: 1, Refusal: 5}
    assert {o.code for o in outcomes if isinstance(o, Refusal)} == {Code.SLOT_TAKEN}
    assert await state_of(database, wanted) == BOOKED
    assert await audit(database) == []


async def test_a_cancel_racing_a_move_leaves_one_clear_outcome(database: Database, now):
    for _ in range(5):
        old, new = await two_times(database, now)
        booking = await book(database, old, now=now)

        outcomes = await asyncio.gather(
            cancelling.cancel(database, booking.reference, ANN, now=now),
            move(database, booking, new, now=now),
            return_exceptions=True,
        )

        current = await bookings.find(database, booking.reference, ANN)
        assert isinstance(outcomes[0], Booking)
        assert current.status is BookingStatus.CANCELLED
        assert [(await state_of(database, slot))[1] for slot in (old, new)] == [0, 0]
        assert (await state_of(database, old))[0] is SlotState.OPEN
    assert await audit(database) == []


async def test_without_its_guards_a_race_tears_a_booking_from_its_time(
    database: Database, now, monkeypatch: pytest.MonkeyPatch
):
    """The negative control: what the race tests look for does happen once the guards are out."""

    async def free(database, guard, *, booked_by, limits=None, now, session):  # noqa: ARG001
        await database.collection(Slot).update_one(
            {"_id": guard["_id"]}, guards.opened(now), session=session
        )

    monkeypatch.setattr(claims, "expect_one", lambda _: None)
    monkeypatch.setattr(store, "expect_one", lambda _: None)
    monkeypatch.setattr(offers, "free", free)
    old, new = await two_times(database, now)
    booking = await book(database, old, now=now)
    await holds.hold(database, new.id, "ann", now=now, hold_for=HOLD)
    assert await claims.cancel(database, booking, now=now)
    held = await slots.find(database, new.id)
    assert held is not None

    agreed = booking.agreed
    assert await store.reschedule(
        database, booking, held, "ann", agreed=agreed, within_a_day=True, now=now
    )

    assert await audit(database) != []


async def test_a_time_beside_another_booking_of_ones_own_asks_first(database: Database, now):
    old, new = await two_times(database, now)
    booking = await book(database, old, now=now)
    other = await make_booking(database, new, visitor_id="ann", address="ann@example.org")

    with pytest.raises(Overlapping) as asked:
        await move(database, booking, new, now=now)

    assert [b.id for b in asked.value.others] == [other.id]


@pytest.mark.parametrize(
    ("apart", "asks"),
    [
        (timedelta(minutes=30), False),
        (timedelta(minutes=30) - MS, True),
        (timedelta(0), True),
        (-timedelta(minutes=30) + MS, True),
        (-timedelta(minutes=30), False),
    ],
)
async def test_a_second_booking_that_shares_an_instant_asks_first(
    database: Database, now, apart, asks
):
    taken = await make_slot(database, starts_at=now + DAY)
    wanted = await make_slot(database, starts_at=now + DAY + apart)
    await book(database, taken, now=now)

    second = book(database, wanted, key="another form entirely", now=now, overlap=False)

    if asks:
        assert await refused(second) is Code.BOOKING_OVERLAPS
        assert await state_of(database, wanted) == FREE
        await book(database, wanted, key="another form entirely", now=now, overlap=True)
    else:
        await second
    assert await state_of(database, wanted) == BOOKED


async def test_a_strangers_booking_is_never_told_of(database: Database, now):
    taken = await make_slot(database, starts_at=now + DAY)
    wanted = await make_slot(database, starts_at=now + DAY)
    await book(database, taken, now=now)

    await book(database, wanted, "eve", now=now, overlap=False)

    assert await state_of(database, wanted) == BOOKED


CANCEL_BEFORE = timedelta(hours=6)


async def moved_far(database, now, *, at) -> tuple[Booking, Slot]:
    """Book for tomorrow and move it 20 days ahead; return it, and a slot for later still."""
    minutes = CANCEL_BEFORE // timedelta(minutes=1)
    expert = await make_expert(database, terms=Terms(cancel_before_minutes=minutes))
    first, far, farther = [
        await make_slot(database, expert, starts_at=now + days * DAY) for days in (1, 20, 30)
    ]
    booking = await book(database, first, now=now)
    return await move(database, booking, far, now=at), farther


async def test_a_booking_moved_when_it_was_too_late_to_cancel_stays_so(database: Database, now):
    late = now + DAY - CANCEL_BEFORE

    booking, farther = await moved_far(database, now, at=late)

    cancel = cancelling.cancel(database, booking.reference, ANN, now=late)
    assert await refused(cancel) is Code.TOO_LATE_TO_CANCEL
    again = await move(database, booking, farther, now=late + MS)
    assert booking_terms.why_not_cancel(again, late + MS) is Code.TOO_LATE_TO_CANCEL


async def test_a_booking_moved_in_time_can_be_cancelled_until_its_new_deadline(
    database: Database, now
):
    booking, _ = await moved_far(database, now, at=now + DAY - CANCEL_BEFORE - MS)

    deadline = booking.starts_at - CANCEL_BEFORE
    assert booking_terms.why_not_cancel(booking, deadline - MS) is None
    assert booking_terms.why_not_cancel(booking, deadline) is Code.TOO_LATE_TO_CANCEL
