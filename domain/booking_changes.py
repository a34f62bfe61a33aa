"""Changing a booking: cancel it, or move it to another time, in one step or not at all."""

from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from domain import asking, bookings, holds, moves
from domain.bookings import Viewer
from domain.replacements import is_kept_for
from domain.rules import slots as rules
from domain.rules import terms as term_rules
from domain.rules.absences import keeper_of
from domain.rules.errors import Code, Refusal
from domain.rules.quotes import Quote
from domain.rules.rates import Act, Asker
from domain.rules.schedule import day_of
from domain.store.bookings import claims
from domain.store.core.database import Database, Key
from domain.store.core.transactions import MOST_READS
from domain.store.documents import Booking, BookingStatus, Slot, Step

_ASKED_TO_MOVE = (Step.DISPLACED, Step.CANCELLED)
"""What comes before a move that counts for nothing. After a cancellation there is no other move
than to what was offered in its place."""


def reschedules_made(booking: Booking) -> int:
    """Count how often a booking was moved, but for moves that its expert's absence asked for."""
    return sum(
        change.step is Step.RESCHEDULED and before.step not in _ASKED_TO_MOVE
        for before, change in pairwise(booking.history)
    )


def reschedules_left(booking: Booking) -> int | None:
    """Count how often a booking can still be moved; None: any number of times."""
    return term_rules.reschedules_left(booking.agreed.terms, reschedules_made(booking))


def is_bound(booking: Booking) -> bool:
    """Say whether a booking was moved when it was too late to cancel it, which stays so for good.

    A move that its expert's absence asked for binds nobody.
    """
    terms = booking.agreed.terms
    return any(
        change.step is Step.RESCHEDULED
        and before.step not in _ASKED_TO_MOVE
        and change.at >= term_rules.cancel_until(terms, before.starts_at)
        for before, change in pairwise(booking.history)
    )


def why_not_cancel(booking: Booking, now: datetime) -> Code | None:
    """Say why a booking cannot be cancelled, if so.

    Returns:
        None; BOOKING_PAST, once it has begun; TOO_LATE_TO_CANCEL, by the terms that were agreed,
        which don't hold while its expert is absent. No move makes it possible again.
    """
    if now >= booking.starts_at:
        return Code.BOOKING_PAST
    if booking.is_displaced:
        return None
    if is_bound(booking) or now >= term_rules.cancel_until(booking.agreed.terms, booking.starts_at):
        return Code.TOO_LATE_TO_CANCEL
    return None


def why_not_reschedule(booking: Booking, now: datetime) -> Code | None:
    """Say why a booking cannot be moved to another time, if so.

    Returns:
        None; BOOKING_CANCELLED; BOOKING_PAST; TOO_LATE_TO_RESCHEDULE or NO_RESCHEDULES_LEFT, by the
        terms that were agreed, which don't hold while its expert is absent.
    """
    if booking.status is BookingStatus.CANCELLED:
        return Code.BOOKING_CANCELLED
    if now >= booking.starts_at:
        return Code.BOOKING_PAST
    if booking.is_displaced:
        return None
    if now >= term_rules.reschedule_until(booking.agreed.terms, booking.starts_at):
        return Code.TOO_LATE_TO_RESCHEDULE
    if reschedules_left(booking) == 0:
        return Code.NO_RESCHEDULES_LEFT
    return None


def refuse_unmovable(booking: Booking, *, now: datetime) -> None:
    """Refuse to move a booking that cannot be moved.

    Raises:
        Refusal: What `why_not_reschedule` returns.
    """
    if code := why_not_reschedule(booking, now):
        raise Refusal(code)


async def cancel(
    database: Database,
    reference: str,
    viewer: Viewer,
    *,
    now: datetime,
    asker: Asker | None = None,
) -> Booking:
    """Cancel a booking and free its slot, both or neither. Cancelling twice is cancelling once.

    Args:
        database: Where bookings are kept.
        reference: Which booking.
        viewer: Who asks.
        now: The instant of the request.
        asker: Who it is counted by; None: nobody.

    Raises:
        Refusal: BOOKING_UNKNOWN; TOO_MANY_CHANGES; BOOKING_PAST, once it has begun;
            TOO_LATE_TO_CANCEL; BUSY.
    """
    booking = await bookings.find(database, reference, viewer)
    if booking.status is BookingStatus.CONFIRMED:
        await asking.count_act(database, asker, Act.CANCEL, booking.address, now=now)
    for _ in range(MOST_READS):
        if booking.status is BookingStatus.CANCELLED:
            return booking
        if code := why_not_cancel(booking, now):
            raise Refusal(code)
        is_done = await claims.cancel(database, booking, now=now)
        booking = await bookings.find(database, reference, viewer)
        if is_done:
            return booking
    raise Refusal(Code.BUSY)


async def slot_for(database: Database, slot_id: Key, booking: Booking) -> Slot:
    """Return the slot that a booking is to move to: its expert's, or a stand-in's kept for it.

    Raises:
        Refusal: SLOT_UNKNOWN; OFFER_GONE, when another expert's is not kept for it any more.
    """
    slot = await holds.slot_to_claim(database, slot_id)
    if slot.expert_id == booking.expert_id or is_kept_for(slot, booking):
        return slot
    was_asked = any(change.step is Step.DISPLACED for change in booking.history)
    raise Refusal(Code.OFFER_GONE if was_asked else Code.SLOT_UNKNOWN)


def is_of_same_day(booking: Booking, slot: Slot) -> bool:
    """Say whether a booking that moves to a slot stays on its expert's day, full or not."""
    zone = ZoneInfo(booking.agreed.zone)
    return day_of(booking.starts_at, zone) == day_of(slot.starts_at, zone)


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
    quote: Quote | None = None,
    asker: Asker | None = None,
) -> Booking:
    """Move a booking to another time of the same expert, which a visitor holds or which is free.

    A time kept for the booking itself, because of an absence, can always be taken: a stand-in's
    too, and even once the booking was cancelled because nobody answered.

    The new time is booked, the old one freed and the booking changed together, or nothing is and
    the old time is kept. Moving to the time that it has already changes nothing. `moves.agreed_at`
    says what holds afterwards.

    Args:
        database: Where bookings are kept.
        reference: Which booking.
        viewer: Who asks.
        slot_id: The time to move to.
        visitor_id: Whose hold counts.
        now: The instant of the request.
        hold_for: How long a free time is held on the way.
        overlap: Whether the viewer wants it even at the time of another booking of theirs.
        quote: What the form has shown of price and length; needed only where they change.
        asker: Who it is counted by; None: nobody.

    Raises:
        Refusal: BOOKING_UNKNOWN; TOO_MANY_CHANGES; what `why_not_reschedule` returns;
            SLOT_UNKNOWN; SLOT_TAKEN; OFFER_GONE; BOOKING_OVERLAPS; TERMS_CHANGED; BUSY.
    """
    booking = await bookings.find(database, reference, viewer)
    if booking.slot_id != slot_id:
        await asking.count_act(database, asker, Act.MOVE, booking.address, now=now)
    for _ in range(MOST_READS):
        if booking.slot_id == slot_id and booking.status is BookingStatus.CONFIRMED:
            return booking
        try:
            slot = await _slot_to_move_to(database, booking, slot_id, viewer, now, overlap=overlap)
            agreed = await moves.agreed_at(database, booking, slot)
            moves.refuse_unasked(booking, slot, agreed, quote)
            same_day = is_of_same_day(booking, slot)
            holder = keeper_of(booking.id) if is_kept_for(slot, booking) else visitor_id
            if not rules.may_book(slot, holder, now, full_too=same_day):
                await holds.take(
                    database, slot, visitor_id, now=now, hold_for=hold_for, full_too=same_day
                )
        except Refusal:
            rev = booking.rev
            booking = await bookings.find(database, reference, viewer)
            if booking.rev == rev:
                raise
            continue  # the same form, sent twice, may have moved it meanwhile
        is_done = await claims.reschedule(
            database, booking, slot, holder, agreed=agreed, within_a_day=same_day, now=now
        )
        booking = await bookings.find(database, reference, viewer)
        if is_done:
            return booking
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
    if not is_kept_for(slot, booking):
        refuse_unmovable(booking, now=now)
    if not overlap:
        await bookings.refuse_overlap(database, viewer, slot, booking.address, but=booking)
    return slot
