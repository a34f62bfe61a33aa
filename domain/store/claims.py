"""What changes a booking and its slots together: each in one transaction, all of it or nothing.

The mails that tell of a change are written in its transaction, too.
"""

from datetime import datetime

from motor.motor_asyncio import AsyncIOMotorClientSession

from domain.instants import EPOCH
from domain.notices import (
    notices_of_booked,
    notices_of_cancelled,
    notices_of_rescheduled,
)
from domain.slots import SlotState
from domain.store import offers, outbox
from domain.store.database import Database, Document, Key
from domain.store.documents import Booking, BookingStatus, Change, Slot, Step
from domain.store.slots import booking_guard, transition
from domain.store.transactions import all_or_nothing, expect_one

_ONE_BOOKING = "one_confirmed_booking_of_a_time"


async def book_held(
    database: Database, booking: Booking, *, held_as: SlotState, now: datetime
) -> bool:
    """Turn what the visitor holds into a booked slot and keep the booking.

    Args:
        database: Where bookings are kept.
        booking: What to keep.
        held_as: How the slot is held: HELD or OFFERED. An offer ends a place in line along with it.
        now: The present instant.

    Returns:
        False when nothing was changed: the hold is gone, the form was used already, or the time
        has a confirmed booking.

    Raises:
        Refusal: BUSY.
    """
    notices = notices_of_booked(str(booking.id), booking.rev, starts_at=booking.starts_at, now=now)

    async def work(session: AsyncIOMotorClientSession) -> None:
        slots = database.collection(Slot)
        mine = _held(booking.slot_id, booking.visitor_id, held_as, now)
        expect_one(await slots.update_one(mine, _booked_by(booking, now), session=session))
        if held_as is SlotState.OFFERED:
            await offers.spend(database, booking.slot_id, session)
        await database.collection(Booking).insert_one(booking.model_dump_doc(), session=session)
        await outbox.tell(
            database, booking.id, notices, until=booking.ends_at, now=now, session=session
        )

    return await all_or_nothing(database, work, once_by={"request_key", _ONE_BOOKING})


async def cancel(database: Database, booking: Booking, *, now: datetime) -> bool:
    """Cancel a booking that is still as it was read, and free its slot.

    Returns:
        False when nothing was changed: something else changed the booking first.

    Raises:
        Refusal: BUSY.
    """
    step = Change(step=Step.CANCELLED, at=now, starts_at=booking.starts_at, ends_at=booking.ends_at)
    cancelled = _change(step, status=BookingStatus.CANCELLED.value)
    notices = notices_of_cancelled(str(booking.id), booking.rev + 1, now=now)

    async def work(session: AsyncIOMotorClientSession) -> None:
        bookings = database.collection(Booking)
        await _free(database, booking, now, session)
        expect_one(await bookings.update_one(_as_read(booking), cancelled, session=session))
        await outbox.tell(
            database, booking.id, notices, until=booking.ends_at, now=now, session=session
        )

    return await all_or_nothing(database, work, turn=booking.expert_id)


async def reschedule(
    database: Database, booking: Booking, slot: Slot, visitor_id: str, *, now: datetime
) -> bool:
    """Move a booking that is still as it was read to a slot that the visitor holds.

    Returns:
        False when nothing was changed: the hold is gone, or something else changed the booking.

    Raises:
        Refusal: BUSY.
    """
    step = Change(step=Step.RESCHEDULED, at=now, starts_at=slot.starts_at, ends_at=slot.ends_at)
    moved = _change(step, slot_id=slot.id, starts_at=slot.starts_at, ends_at=slot.ends_at)
    held_as = slot.state if slot.state is SlotState.OFFERED else SlotState.HELD
    mine = _held(slot.id, visitor_id, held_as, now)
    notices = notices_of_rescheduled(
        str(booking.id), booking.rev + 1, starts_at=slot.starts_at, now=now
    )

    async def work(session: AsyncIOMotorClientSession) -> None:
        bookings, slots = database.collection(Booking), database.collection(Slot)
        expect_one(await slots.update_one(mine, _booked_by(booking, now), session=session))
        if held_as is SlotState.OFFERED:
            await offers.spend(database, slot.id, session)
        await _free(database, booking, now, session)
        expect_one(await bookings.update_one(_as_read(booking), moved, session=session))
        await outbox.tell(
            database, booking.id, notices, until=slot.ends_at, now=now, session=session
        )

    return await all_or_nothing(database, work, turn=booking.expert_id, once_by={_ONE_BOOKING})


async def _free(
    database: Database, booking: Booking, now: datetime, session: AsyncIOMotorClientSession
) -> None:
    await offers.free(
        database, _its_slot(booking), booked_by=booking.visitor_id, now=now, session=session
    )


def _held(slot_id: Key, visitor_id: str, held_as: SlotState, now: datetime) -> Document:
    return {"_id": slot_id, **booking_guard(visitor_id, now), "state": held_as.value}


def _booked_by(booking: Booking, now: datetime) -> Document:
    return transition(
        now,
        state=SlotState.BOOKED.value,
        held_by=None,
        held_since=EPOCH,
        held_until=EPOCH,
        booking_id=booking.id,
    )


def _as_read(booking: Booking) -> Document:
    return {
        "_id": booking.id,
        "status": BookingStatus.CONFIRMED.value,
        "slot_id": booking.slot_id,
        "rev": booking.rev,
    }


def _its_slot(booking: Booking) -> Document:
    return {"_id": booking.slot_id, "state": SlotState.BOOKED.value, "booking_id": booking.id}


def _change(step: Change, **fields: object) -> Document:
    """Return the update of one change of a booking: it is dated, counted and remembered."""
    entry = {**step.model_dump(), "step": step.step.value}
    return {
        "$set": {**fields, "changed_at": step.at},
        "$inc": {"rev": 1},
        "$push": {"history": entry},
    }
