"""What changes a booking and its slot together: booking a held slot, and cancelling.

Each is one transaction, which announces the change, too.
"""

from datetime import datetime

from motor.motor_asyncio import AsyncIOMotorClientSession

from domain.rules.booking_events import BookingChange, BookingEvent
from domain.rules.limits import Limits
from domain.rules.log import NewEntry
from domain.rules.slots import SlotState
from domain.store.absences import replacements
from domain.store.bookings.news import announce, change_of
from domain.store.bookings.steps import as_read, booked_by, changed, its_slot, step_of
from domain.store.core.database import Database, Document, Key
from domain.store.core.transactions import GuardLost, all_or_nothing, expect_one
from domain.store.documents import Booking, BookingStatus, Expert, Party, Slot, Step
from domain.store.documents.absences import ReplacementState
from domain.store.documents.agreements import Agreed
from domain.store.log import writing as log
from domain.store.slots import fullness
from domain.store.slots.guards import booking_guard
from domain.store.waitlist import offers

A_TIME = ("expert_id", "starts_at")
"""What a confirmed booking is unique by."""
_ONCE_BY = {("request_key",), A_TIME}


async def book_held(
    database: Database,
    booking: Booking,
    *,
    holder: str,
    held_as: SlotState,
    is_limited: bool,
    act: NewEntry | None = None,
    now: datetime,
) -> bool:
    """Turn what somebody holds into a booked slot and keep the booking.

    Args:
        database: Where bookings are kept.
        booking: What to keep.
        holder: Who holds the slot: whose booking it is, or an administrator's browser.
        held_as: How the slot is held: HELD or OFFERED, which ends the waitlist entry, too.
        is_limited: Whether the expert limited their sessions when last read: bookings take turns.
        act: What the log says of it, if an administrator books.
        now: The present instant.

    Returns:
        False if nothing changed: the hold is gone, the slot has another length, the form was used
        already, the time has a confirmed booking, or its expert is not listed or offers something
        else than was agreed.

    Raises:
        Refusal: BUSY.
    """

    async def work(session: AsyncIOMotorClientSession) -> None:
        mine = held_guard(database, booking.slot_id, holder, held_as, now)
        mine["ends_at"] = booking.ends_at  # its expert may have changed the length of sessions
        taken = booked_by(booking, now)
        expect_one(await database.collection(Slot).update_one(mine, taken, session=session))
        if held_as is SlotState.OFFERED:
            await offers.spend(database, booking.slot_id, session)
        await fullness.recount(
            database,
            booking.expert_id,
            [booking.starts_at],
            taking=None if held_as is SlotState.OFFERED else booking.starts_at,
            limits=await _limits_as_agreed(database, booking, session),
            now=now,
            session=session,
        )
        await database.collection(Booking).insert_one(booking.model_dump_doc(), session=session)
        await announce(database, _made(booking, now), session)
        if act is not None:
            await log.note(database, session, act)

    turn = booking.expert_id if is_limited else None  # they meet in the expert's tally
    return await all_or_nothing(database, work, now=now, turn=turn, once_by=_ONCE_BY)


async def _limits_as_agreed(
    database: Database, booking: Booking, session: AsyncIOMotorClientSession
) -> Limits:
    """Return how many sessions an expert has at most, if they still offer what is agreed.

    Raises:
        GuardLost: They don't, or are not listed.
    """
    looked_up = [*Agreed.model_fields, *fullness.LOOKED_UP, "listed"]
    experts = database.collection(Expert)
    found = await experts.find_one({"_id": booking.expert_id}, looked_up, session=session)
    if found is None or not found["listed"]:
        raise GuardLost
    if Agreed.model_validate_doc(found) != booking.agreed:
        raise GuardLost
    return fullness.limits_in(found)


def _made(booking: Booking, now: datetime) -> BookingChange:
    key, times = str(booking.id), (booking.starts_at, booking.ends_at)
    return BookingChange(BookingEvent.BOOKED, key, booking.rev, *times, now)


async def cancel(
    database: Database,
    booking: Booking,
    *,
    by: Party = Party.ATTENDEE,
    message: str = "",
    as_answer: ReplacementState = ReplacementState.CANCELLED,
    act: NewEntry | None = None,
    now: datetime,
) -> bool:
    """Cancel a booking that is still as it was read, and free its slot.

    Args:
        database: Where bookings are kept.
        booking: What to cancel.
        by: Who cancels it.
        message: What expert or administrator writes to the attendee.
        as_answer: What that answers, if the expert's absence has asked the attendee.
        act: What the log says of it; None where nobody acts whose acts are logged.
        now: The present instant.

    Returns:
        False if nothing changed: something else changed the booking first.

    Raises:
        Refusal: BUSY.
    """
    cancelled = changed(
        step_of(booking, Step.CANCELLED, now),
        status=BookingStatus.CANCELLED.value,
        cancelled_by=by.value,
        cancel_message=message,
    )
    change = change_of(booking, BookingEvent.CANCELLED, now=now)

    async def work(session: AsyncIOMotorClientSession) -> None:
        bookings = database.collection(Booking)
        await replacements.answer(database, booking.id, as_answer, now=now, session=session)
        had, had_by = its_slot(booking), booking.visitor_id
        await offers.free(database, had, booked_by=had_by, now=now, session=session)
        expect_one(await bookings.update_one(as_read(booking), cancelled, session=session))
        await announce(database, change, session)
        if act is not None:
            await log.note(database, session, act)

    return await all_or_nothing(database, work, now=now, turn=booking.expert_id)


def held_guard(
    database: Database,
    slot_id: Key,
    holder: str,
    held_as: SlotState,
    now: datetime,
    *,
    full_too: bool = False,
) -> Document:
    """Match a slot that a holder may book at `now`, held as it was read."""
    guard = {**booking_guard(holder, now, full_too=full_too), **database.clock.in_time(now)}
    return {"_id": slot_id, **guard, "state": held_as.value}
