"""Changes of a booking together with its slots, each in one transaction.

Its mails are written in the same transaction.
"""

from datetime import datetime

from motor.motor_asyncio import AsyncIOMotorClientSession

from domain.rules.absences import keeper_of
from domain.rules.notices import (
    Notice,
    notices_of_booked,
    notices_of_cancelled,
    notices_of_handed_over,
    notices_of_rescheduled,
)
from domain.rules.slots import SlotState
from domain.store.absences import replacements
from domain.store.bookings.steps import as_read, booked_by, changed, its_slot, step_of
from domain.store.core.database import Database, Document, Key
from domain.store.core.transactions import all_or_nothing, expect_one
from domain.store.documents import (
    Booking,
    BookingStatus,
    Change,
    Party,
    Slot,
    Step,
)
from domain.store.documents.absences import ReplacementState
from domain.store.documents.agreements import Agreed
from domain.store.mail import outbox
from domain.store.slots import fullness
from domain.store.slots.claiming import booking_guard
from domain.store.waitlist import offers

_A_TIME = ("expert_id", "starts_at")
"""What a confirmed booking is unique by."""


async def book_held(
    database: Database, booking: Booking, *, held_as: SlotState, is_limited: bool, now: datetime
) -> bool:
    """Turn what the visitor holds into a booked slot and keep the booking.

    Args:
        database: Where bookings are kept.
        booking: What to keep.
        held_as: How the slot is held: HELD or OFFERED. An offer ends a place in line along with it.
        is_limited: Whether the expert has a most of sessions a day or a week.
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
        mine = _held(database, booking.slot_id, booking.visitor_id, held_as, now)
        expect_one(await slots.update_one(mine, booked_by(booking, now), session=session))
        if held_as is SlotState.OFFERED:
            await offers.spend(database, booking.slot_id, session)
        if is_limited:
            await fullness.recount(
                database,
                booking.expert_id,
                [booking.starts_at],
                taking=booking.starts_at,
                now=now,
                session=session,
            )
        await database.collection(Booking).insert_one(booking.model_dump_doc(), session=session)
        await outbox.tell(
            database, booking.id, notices, until=booking.ends_at, now=now, session=session
        )

    turn = booking.expert_id if is_limited else None  # they meet in the expert's tally
    return await all_or_nothing(
        database, work, now=now, turn=turn, once_by={("request_key",), _A_TIME}
    )


async def cancel(
    database: Database,
    booking: Booking,
    *,
    by: Party = Party.ATTENDEE,
    message: str = "",
    as_answer: ReplacementState = ReplacementState.CANCELLED,
    now: datetime,
) -> bool:
    """Cancel a booking that is still as it was read, and free its slot.

    Args:
        database: Where bookings are kept.
        booking: What to cancel.
        by: Who cancels it.
        message: What the expert writes to the attendee.
        as_answer: What that is to a question that its attendee was asked, if any.
        now: The present instant.

    Returns:
        False when nothing was changed: something else changed the booking first.

    Raises:
        Refusal: BUSY.
    """
    cancelled = changed(
        step_of(booking, Step.CANCELLED, now),
        status=BookingStatus.CANCELLED.value,
        cancelled_by=by.value,
        cancel_message=message,
    )
    notices = notices_of_cancelled(str(booking.id), booking.rev + 1, now=now)

    async def work(session: AsyncIOMotorClientSession) -> None:
        bookings = database.collection(Booking)
        await replacements.answer(database, booking.id, as_answer, now=now, session=session)
        await _free(database, booking, now, session)
        expect_one(await bookings.update_one(as_read(booking), cancelled, session=session))
        await outbox.tell(
            database, booking.id, notices, until=booking.ends_at, now=now, session=session
        )

    return await all_or_nothing(database, work, now=now, turn=booking.expert_id)


async def reschedule(
    database: Database,
    booking: Booking,
    slot: Slot,
    holder: str,
    *,
    agreed: Agreed,
    within_a_day: bool,
    now: datetime,
) -> bool:
    """Move a booking that is still as it was read to a slot that is held for it.

    A stand-in's slot takes it to the stand-in. One that was cancelled because nobody answered is
    confirmed again.

    Args:
        database: Where bookings are kept.
        booking: What to move.
        slot: Where to.
        holder: Who holds it: a visitor, or the booking itself by `keeper_of`.
        agreed: What holds of it there.
        within_a_day: Whether it stays on its expert's day, which may be full then.
        now: The present instant.

    Returns:
        False when nothing was changed: the hold is gone, or something else changed the booking.

    Raises:
        Refusal: BUSY.
    """
    notices = _notices_of_move(booking, slot, now)
    is_own = holder == keeper_of(booking.id)
    taking = None if within_a_day or is_own else slot.starts_at  # else it is counted already

    async def work(session: AsyncIOMotorClientSession) -> None:
        bookings, outcome = database.collection(Booking), ReplacementState.MOVED
        mine = _held(database, slot.id, holder, _as_held(slot), now, full_too=within_a_day)
        await _take(database, booking, slot, mine, is_own=is_own, now=now, session=session)
        await replacements.answer(
            database, booking.id, outcome, taken=slot.id, now=now, session=session
        )
        if booking.status is BookingStatus.CONFIRMED:
            await _free(database, booking, now, session)
        await fullness.recount(
            database, slot.expert_id, [slot.starts_at], taking=taking, now=now, session=session
        )
        moved = _moved_to(booking, slot, agreed, now)
        expect_one(await bookings.update_one(as_read(booking), moved, session=session))
        await outbox.tell(
            database, booking.id, notices, until=slot.ends_at, now=now, session=session
        )

    return await all_or_nothing(database, work, now=now, turn=booking.expert_id, once_by={_A_TIME})


async def _take(
    database: Database,
    booking: Booking,
    slot: Slot,
    mine: Document,
    *,
    is_own: bool,
    now: datetime,
    session: AsyncIOMotorClientSession,
) -> None:
    """Book a held slot for a booking; an offer to somebody in line is spent by it."""
    slots = database.collection(Slot)
    expect_one(await slots.update_one(mine, booked_by(booking, now), session=session))
    if slot.state is SlotState.OFFERED and not is_own:
        await offers.spend(database, slot.id, session)


def _as_held(slot: Slot) -> SlotState:
    """Return how a slot is held by now that was free or held when it was read."""
    return slot.state if slot.state is SlotState.OFFERED else SlotState.HELD


def _notices_of_move(booking: Booking, slot: Slot, now: datetime) -> list[Notice]:
    stays = slot.expert_id == booking.expert_id
    notices_of = notices_of_rescheduled if stays else notices_of_handed_over
    return notices_of(str(booking.id), booking.rev + 1, starts_at=slot.starts_at, now=now)


def _moved_to(booking: Booking, slot: Slot, agreed: Agreed, now: datetime) -> Document:
    """Return the update of a booking that gets the time of a slot, and perhaps its expert.

    What the former expert noted of it is for nobody else, and goes.
    """
    step = Change(step=Step.RESCHEDULED, at=now, starts_at=slot.starts_at, ends_at=slot.ends_at)
    of_former: Document = {}
    if slot.expert_id != booking.expert_id:
        step.former_id = booking.expert_id
        step.former_name, step.stand_in_name = booking.agreed.name, agreed.name
        of_former = {"note": "", "attendance": None}
    return changed(
        step,
        slot_id=slot.id,
        expert_id=slot.expert_id,
        agreed=agreed.model_dump_doc(),
        status=BookingStatus.CONFIRMED.value,
        cancelled_by=None,
        cancel_message="",
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        **of_former,
    )


async def _free(
    database: Database, booking: Booking, now: datetime, session: AsyncIOMotorClientSession
) -> None:
    await offers.free(
        database, its_slot(booking), booked_by=booking.visitor_id, now=now, session=session
    )


def _held(
    database: Database,
    slot_id: Key,
    holder: str,
    held_as: SlotState,
    now: datetime,
    *,
    full_too: bool = False,
) -> Document:
    guard = {**booking_guard(holder, now, full_too=full_too), **database.clock.in_time(now)}
    return {"_id": slot_id, **guard, "state": held_as.value}
