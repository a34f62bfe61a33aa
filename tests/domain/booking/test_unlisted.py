"""An expert who is not listed takes no new bookings; those from before stay manageable."""

import pytest

from domain.booking import cancelling, holds, rescheduling
from domain.booking.new_bookings import Known
from domain.rules.errors import Code
from domain.rules.slots import SlotState
from domain.store.core.database import Database
from domain.store.documents import Booking, Expert, Slot
from domain.store.memory.directory import Directory
from tests.domain.support import ANN, DAY, HOLD, book, refused, state_of
from tests.factories import make_expert, make_slot


@pytest.fixture
async def expert(database: Database) -> Expert:
    return await make_expert(database)


@pytest.fixture
async def booking(database: Database, expert: Expert, now) -> Booking:
    """Ann's, made while the expert was listed."""
    return await book(database, await make_slot(database, expert, starts_at=now + DAY), now=now)


@pytest.fixture
async def slot(database: Database, expert: Expert, booking: Booking, now) -> Slot:
    """A free time of the expert, who is not listed any more. Ann has booked before."""
    assert booking.expert_id == expert.id
    free = await make_slot(database, expert, starts_at=now + 2 * DAY)
    await database.collection(Expert).update_one({"_id": expert.id}, {"$set": {"listed": False}})
    return free


async def test_nobody_holds_an_old_time(database: Database, slot: Slot, now):
    directory = Directory(database, clock=lambda: now)
    hold = holds.hold(database, slot.id, "ben", now=now, hold_for=HOLD, directory=directory)

    assert await refused(hold) is Code.EXPERT_UNKNOWN
    assert await state_of(database, slot) == (SlotState.OPEN, 0)


async def test_nobody_books_an_old_time(database: Database, slot: Slot, now):
    assert await refused(book(database, slot, "ben", now=now)) is Code.EXPERT_UNKNOWN
    assert await state_of(database, slot) == (SlotState.OPEN, 0)


async def test_nobody_books_with_one_whom_memory_still_lists(
    database: Database, expert: Expert, slot: Slot, now
):
    assert expert.listed
    held = await holds.hold(database, slot.id, "ben", now=now, hold_for=HOLD)

    booking = book(database, slot, "ben", now=now, known=Known(held, expert))

    assert await refused(booking) is Code.EXPERT_UNKNOWN
    assert await state_of(database, slot) == (SlotState.HELD, 0)


async def test_a_hold_taken_for_one_whom_memory_still_lists_is_given_up(
    database: Database, expert: Expert, slot: Slot, now
):
    booking = book(database, slot, "ben", now=now, known=Known(slot, expert))

    assert await refused(booking) is Code.EXPERT_UNKNOWN
    assert await state_of(database, slot) == (SlotState.OPEN, 0)


async def test_a_booking_from_before_is_moved(database: Database, booking, slot: Slot, now):
    await rescheduling.hold(database, booking, slot.id, "ann", now=now, hold_for=HOLD)

    await rescheduling.reschedule(
        database, booking.reference, ANN, slot.id, "ann", now=now, hold_for=HOLD
    )

    assert await state_of(database, slot) == (SlotState.BOOKED, 1)


@pytest.mark.usefixtures("slot")
async def test_a_booking_from_before_is_cancelled(database: Database, booking: Booking, now):
    cancelled = await cancelling.cancel(database, booking.reference, ANN, now=now)

    assert cancelled.status == "cancelled"
