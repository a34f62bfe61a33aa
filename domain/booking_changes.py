"""Changing a booking: cancel it, or move it to another time, in one step or not at all."""

from datetime import datetime, timedelta

from domain import bookings, catalogue, holds
from domain import slots as rules
from domain import terms as term_rules
from domain.bookings import Viewer
from domain.errors import Code, Refusal
from domain.store import claims
from domain.store.database import Database, Key
from domain.store.documents import Booking, BookingStatus, Expert, Slot, Step

_MAX_READS = 5
"""How often a change reads and decides again when another one comes in between."""


def reschedules_made(booking: Booking) -> int:
    """Count how often a booking was moved."""
    return sum(change.step is Step.RESCHEDULED for change in booking.history)


def why_not_cancel(booking: Booking, expert: Expert, now: datetime) -> Code | None:
    """Say why a booking cannot be cancelled, if so.

    Returns:
        None; BOOKING_PAST, once it has begun; TOO_LATE_TO_CANCEL, by its expert's terms.
    """
    if now >= booking.starts_at:
        return Code.BOOKING_PAST
    if now >= term_rules.cancel_until(expert.terms, booking.starts_at):
        return Code.TOO_LATE_TO_CANCEL
    return None


def why_not_reschedule(booking: Booking, expert: Expert, now: datetime) -> Code | None:
    """Say why a booking cannot be moved to another time, if so.

    Returns:
        None; BOOKING_CANCELLED; BOOKING_PAST; TOO_LATE_TO_RESCHEDULE or NO_RESCHEDULES_LEFT, by its
        expert's terms.
    """
    if booking.status is BookingStatus.CANCELLED:
        return Code.BOOKING_CANCELLED
    if now >= booking.starts_at:
        return Code.BOOKING_PAST
    if now >= term_rules.reschedule_until(expert.terms, booking.starts_at):
        return Code.TOO_LATE_TO_RESCHEDULE
    if term_rules.reschedules_left(expert.terms, reschedules_made(booking)) == 0:
        return Code.NO_RESCHEDULES_LEFT
    return None


async def refuse_unmovable(database: Database, booking: Booking, *, now: datetime) -> None:
    """Refuse to move a booking that cannot be moved.

    Raises:
        Refusal: What `why_not_reschedule` returns.
    """
    expert = await catalogue.expert_of(database, booking.expert_id)
    if code := why_not_reschedule(booking, expert, now):
        raise Refusal(code)


async def cancel(database: Database, reference: str, viewer: Viewer, *, now: datetime) -> Booking:
    """Cancel a booking and free its slot, both or neither. Cancelling twice is cancelling once.

    Raises:
        Refusal: BOOKING_UNKNOWN; BOOKING_PAST, once it has begun; TOO_LATE_TO_CANCEL; BUSY.
    """
    for _ in range(_MAX_READS):
        booking = await bookings.find(database, reference, viewer)
        if booking.status is BookingStatus.CANCELLED:
            return booking
        expert = await catalogue.expert_of(database, booking.expert_id)
        if code := why_not_cancel(booking, expert, now):
            raise Refusal(code)
        if await claims.cancel(database, booking, now=now):
            return await bookings.find(database, reference, viewer)
    raise Refusal(Code.BUSY)


async def slot_for(database: Database, slot_id: Key, booking: Booking) -> Slot:
    """Return the slot that a booking is to move to: another one of the same expert's.

    Raises:
        Refusal: SLOT_UNKNOWN.
    """
    slot = await holds.slot_to_claim(database, slot_id)
    if slot.expert_id != booking.expert_id:
        raise Refusal(Code.SLOT_UNKNOWN)
    return slot


async def reschedule(
    database: Database,
    reference: str,
    viewer: Viewer,
    slot_id: Key,
    visitor_id: str,
    *,
    now: datetime,
    hold_for: timedelta,
    overlap: bool = False,
) -> Booking:
    """Move a booking to another time of the same expert, which a visitor holds or which is free.

    The new time is booked, the old one freed and the booking changed together, or nothing is and
    the old time is kept. Moving to the time that it has already changes nothing.

    Args:
        database: Where bookings are kept.
        reference: Which booking.
        viewer: Who asks.
        slot_id: The time to move to.
        visitor_id: Whose hold counts.
        now: The instant of the request.
        hold_for: How long a free time is held on the way.
        overlap: Whether the viewer wants it even at the time of another booking of theirs.

    Raises:
        Refusal: BOOKING_UNKNOWN; what `why_not_reschedule` returns; SLOT_UNKNOWN; SLOT_TAKEN;
            BOOKING_OVERLAPS; BUSY.
    """
    for _ in range(_MAX_READS):
        booking = await bookings.find(database, reference, viewer)
        if booking.slot_id == slot_id and booking.status is BookingStatus.CONFIRMED:
            return booking
        try:
            slot = await _slot_to_move_to(database, booking, slot_id, viewer, now, overlap=overlap)
            if not rules.may_book(slot, visitor_id, now):
                await holds.take(database, slot, visitor_id, now=now, hold_for=hold_for)
        except Refusal:
            current = await bookings.find(database, reference, viewer)
            if current.rev != booking.rev:
                continue  # the same form, sent twice, may have moved it meanwhile
            raise
        if await claims.reschedule(database, booking, slot, visitor_id, now=now):
            return await bookings.find(database, reference, viewer)
    raise Refusal(Code.BUSY)


async def _slot_to_move_to(
    database: Database,
    booking: Booking,
    slot_id: Key,
    viewer: Viewer,
    now: datetime,
    *,
    overlap: bool,
) -> Slot:
    slot = await slot_for(database, slot_id, booking)
    await refuse_unmovable(database, booking, now=now)
    if not overlap:
        await bookings.refuse_overlap(database, viewer, slot, booking.address, but=booking)
    return slot
