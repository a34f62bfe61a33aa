"""What changes a booking and its slot together: each in one transaction, all of it or nothing."""

from datetime import datetime

from motor.motor_asyncio import AsyncIOMotorClientSession
from pymongo.errors import DuplicateKeyError

from domain.instants import EPOCH
from domain.slots import SlotState
from domain.store.database import Database
from domain.store.documents import Booking, BookingStatus, Slot
from domain.store.slots import booking_guard, opened, transition
from domain.store.transactions import GuardLost, expect_one, in_transaction


async def book_held(database: Database, booking: Booking, *, now: datetime) -> bool:
    """Turn the visitor's hold into a booked slot and keep the booking.

    Returns:
        False when nothing was changed: the hold is gone, the form was used already, or the time
        has a confirmed booking.

    Raises:
        Refusal: BUSY.
    """

    async def work(session: AsyncIOMotorClientSession) -> None:
        booked = transition(
            now,
            state=SlotState.BOOKED.value,
            held_by=None,
            held_since=EPOCH,
            held_until=EPOCH,
            booking_id=booking.id,
        )
        mine = {"_id": booking.slot_id, **booking_guard(booking.visitor_id, now)}
        expect_one(await database.collection(Slot).update_one(mine, booked, session=session))
        await database.collection(Booking).insert_one(booking.model_dump_doc(), session=session)

    try:
        await in_transaction(database, work)
    except (GuardLost, DuplicateKeyError):
        return False
    return True


async def cancel(database: Database, booking: Booking, *, now: datetime) -> bool:
    """Cancel a booking that is still as it was read, and open its slot.

    Returns:
        False when nothing was changed: something else changed the booking first.

    Raises:
        Refusal: BUSY.
    """

    async def work(session: AsyncIOMotorClientSession) -> None:
        as_read = {
            "_id": booking.id,
            "status": BookingStatus.CONFIRMED.value,
            "slot_id": booking.slot_id,
            "rev": booking.rev,
        }
        cancelled = {
            "$set": {"status": BookingStatus.CANCELLED.value, "changed_at": now},
            "$inc": {"rev": 1},
        }
        its_slot = {
            "_id": booking.slot_id,
            "state": SlotState.BOOKED.value,
            "booking_id": booking.id,
        }
        bookings, slots = database.collection(Booking), database.collection(Slot)
        expect_one(await bookings.update_one(as_read, cancelled, session=session))
        expect_one(await slots.update_one(its_slot, opened(now), session=session))

    try:
        await in_transaction(database, work)
    except GuardLost:
        return False
    return True
