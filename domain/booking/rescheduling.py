"""Rescheduling a booking: hold another slot of its expert, and change to it in one step."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from domain import asking
from domain.booking import booking_acts, bookings, holds, reschedule_agreements
from domain.booking.booking_terms import why_not_reschedule
from domain.booking.bookings import Viewer
from domain.booking.hold_limits import UNCOUNTED, NetworkHolds
from domain.booking.overlaps import refuse_overlap
from domain.booking.replacements import is_kept_for
from domain.booking.reschedule_targets import slot_for, stays_on_its_day
from domain.rules import slots as rules
from domain.rules.absences import keeper_of
from domain.rules.errors import Code, Refusal
from domain.rules.log import Actor
from domain.rules.quotes import Quote
from domain.rules.request_limits import Act, Asker
from domain.store.bookings import rescheduling as store
from domain.store.bookings.rescheduling import ByAdministrator
from domain.store.core.database import Database, Key
from domain.store.core.transactions import MOST_READS
from domain.store.documents import Booking, BookingStatus, Party, Slot
from domain.store.documents.agreements import Agreed


@dataclass(frozen=True)
class OnBehalf:
    """An administrator who reschedules for the attendee: deadlines don't hold, and none is used up.

    `message` is what the attendee's mail says beside it, or nothing.
    """

    by: Actor
    message: str = ""


def refuse_unless_open(booking: Booking, *, now: datetime, by: Party = Party.ATTENDEE) -> None:
    """Refuse to reschedule a booking that cannot be.

    Raises:
        Refusal: What `why_not_reschedule` returns.
    """
    if code := why_not_reschedule(booking, now, by):
        raise Refusal(code)


async def hold(
    database: Database,
    booking: Booking,
    slot_id: Key,
    visitor_id: str,
    *,
    now: datetime,
    hold_for: timedelta,
    by: Party = Party.ATTENDEE,
    counted_by: NetworkHolds = UNCOUNTED,
) -> Slot:
    """Hold a slot that a booking is to change to, and give up the visitor's older holds.

    Its expert need not be listed, and its day may be full if the booking is on it already.

    Raises:
        Refusal: SLOT_UNKNOWN; SLOT_TAKEN; TOO_MANY_HOLDS; what `why_not_reschedule` returns; BUSY.
    """
    slot = await slot_for(database, slot_id, booking)
    refuse_unless_open(booking, now=now, by=by)
    return await holds.hold_slot(
        database,
        slot,
        visitor_id,
        now=now,
        hold_for=hold_for,
        full_too=stays_on_its_day(booking, slot),
        counted_by=counted_by,
    )


@dataclass(frozen=True)
class _Wish:
    """What one form asks for."""

    slot_id: Key
    viewer: Viewer
    visitor_id: str
    now: datetime
    hold_for: timedelta
    overlap: bool
    quote: Quote | None
    on_behalf: OnBehalf | None

    @property
    def party(self) -> Party:
        """Who asks for it."""
        return Party.ADMINISTRATOR if self.on_behalf else Party.ATTENDEE


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
    counted_by: NetworkHolds = UNCOUNTED,
    on_behalf: OnBehalf | None = None,
) -> Booking:
    """Change a booking to another slot of its expert, which is free or held by a visitor.

    The new slot is booked, the old one freed and the booking changed together, or nothing changes.
    `reschedule_agreements.agreed_at` says what is agreed then. A slot that an absence keeps for the
    booking can always be taken: a stand-in's too, and even after the booking was cancelled because
    nobody answered. Choosing the slot that it has changes nothing.

    Args:
        database: Where bookings are kept.
        reference: Which booking.
        viewer: Who asks.
        slot_id: The slot to change to.
        visitor_id: Whose hold counts.
        now: The instant of the request.
        hold_for: How long a free slot is held on the way.
        overlap: Whether it may overlap other bookings of the viewer's.
        quote: The price and length that the form showed; needed only if they change.
        asker: Who to count the change by; None for nobody.
        counted_by: What counts the hold, which ends here.
        on_behalf: Who reschedules it for the attendee, if somebody does.

    Raises:
        Refusal: BOOKING_UNKNOWN; TOO_MANY_CHANGES; what `why_not_reschedule` returns;
            SLOT_UNKNOWN; SLOT_TAKEN; OFFER_GONE; BOOKING_OVERLAPS; TERMS_CHANGED; BUSY.
    """
    wish = _Wish(slot_id, viewer, visitor_id, now, hold_for, overlap, quote, on_behalf)
    booking = await bookings.find(database, reference, viewer)
    if booking.slot_id != slot_id:
        await asking.count_act(database, asker, Act.MOVE, booking.address, now=now)
    rescheduled = await _reschedule(database, booking, wish)
    counted_by.forget(visitor_id, slot_id)
    return rescheduled


async def _reschedule(database: Database, booking: Booking, wish: _Wish) -> Booking:
    for _ in range(MOST_READS):
        if booking.slot_id == wish.slot_id and booking.status is BookingStatus.CONFIRMED:
            return booking
        before = booking
        try:
            slot, holder, agreed = await _held_slot(database, booking, wish)
        except Refusal:
            booking = await bookings.find(database, before.reference, wish.viewer)
            if booking.rev == before.rev:
                raise
            continue  # the same form, sent twice, may have changed it meanwhile
        is_done = await store.reschedule(
            database,
            booking,
            slot,
            holder,
            agreed=agreed,
            within_a_day=stays_on_its_day(booking, slot),
            administrator=_by_administrator(booking, slot, wish),
            now=wish.now,
        )
        booking = await bookings.find(database, before.reference, wish.viewer)
        if is_done:
            return booking
    raise Refusal(Code.BUSY)


def _by_administrator(booking: Booking, slot: Slot, wish: _Wish) -> ByAdministrator | None:
    if wish.on_behalf is None:
        return None
    by, message = wish.on_behalf.by, wish.on_behalf.message
    return ByAdministrator(booking_acts.moved(booking, slot, by, message, now=wish.now), message)


async def _held_slot(database: Database, booking: Booking, wish: _Wish) -> tuple[Slot, str, Agreed]:
    """Return the slot to change to, its holder by now (visitor or booking), and what is agreed."""
    slot = await slot_for(database, wish.slot_id, booking)
    is_kept = is_kept_for(slot, booking)
    if not is_kept:
        refuse_unless_open(booking, now=wish.now, by=wish.party)
    if not wish.overlap:
        await refuse_overlap(database, wish.viewer, slot, booking.address, besides=booking.id)
    agreed = await reschedule_agreements.agreed_at(database, booking, slot)
    reschedule_agreements.refuse_unasked(booking, slot, agreed, wish.quote)
    holder = keeper_of(booking.id) if is_kept else wish.visitor_id
    full_too = stays_on_its_day(booking, slot)
    if not rules.may_book(slot, holder, wish.now, full_too=full_too):
        held = await holds.take(
            database, slot, wish.visitor_id, now=wish.now, hold_for=wish.hold_for, full_too=full_too
        )
        if held.ends_at != slot.ends_at:  # its expert has changed the length of sessions meanwhile
            raise Refusal(Code.TERMS_CHANGED)
    return slot, holder, agreed
