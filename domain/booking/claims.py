"""Booking a slot: claim it once, however often the form arrives."""

from datetime import datetime, timedelta

from domain import asking
from domain.booking import booking_acts, holds
from domain.booking.bookings import Viewer, normal_address
from domain.booking.hold_limits import UNCOUNTED, NetworkHolds
from domain.booking.new_bookings import Claim, Known, new_booking
from domain.booking.overlaps import refuse_overlap
from domain.discovery import catalogue
from domain.rules import slots as rules
from domain.rules.confirmations import LinkNeeded
from domain.rules.errors import Code, LinkMissing, Refusal, Sentence, Unconfirmed
from domain.rules.log import Actor
from domain.rules.quotes import Quote
from domain.rules.request_limits import Act, Asker
from domain.site.consents import NOTHING_ASKED, Agreement
from domain.store.bookings import claims
from domain.store.bookings import reading as bookings
from domain.store.core.database import Database, Key
from domain.store.documents import Attendee, Booking, Expert, Slot
from domain.store.slots import fullness


async def book(
    database: Database,
    slot_id: Key,
    visitor_id: str,
    attendee: Attendee,
    *,
    request_key: str,
    now: datetime,
    hold_for: timedelta,
    viewer: Viewer | None = None,
    overlap: bool = False,
    quote: Quote | None = None,
    agreement: Agreement = NOTHING_ASKED,
    asker: Asker | None = None,
    link: LinkNeeded = LinkNeeded.NEVER,
    counted_by: NetworkHolds = UNCOUNTED,
    by: Actor | None = None,
    known: Known | None = None,
) -> Booking:
    """Turn a visitor's hold into a booking; a free slot is held on the way.

    The booking keeps what its expert's profile says at this moment. The same form sent again gets
    the booking that it became.

    Args:
        database: Where bookings are kept.
        slot_id: The slot to book.
        visitor_id: Who holds the slot, and may see the booking afterwards, unless `by` is given.
        attendee: Who comes.
        request_key: Made with the form; the same key is the same booking.
        now: The instant of the request.
        hold_for: How long a free slot is held on the way.
        viewer: Whose other bookings must not overlap; None for the visitor without any address.
        overlap: Whether they may overlap all the same.
        quote: The price and terms that the form showed; None for any.
        agreement: What the visitor has to agree to, and what the form says of it.
        asker: Who to count the booking by; None for nobody.
        link: When the address has to be confirmed first.
        counted_by: What counts the hold, which ends here.
        by: The administrator who books for the attendee; None: the attendee does.
        known: The slot and its expert, if the request knows them; None to read both.

    Raises:
        Refusal: SLOT_UNKNOWN; SLOT_TAKEN; FORM_INVALID, if the form became another booking;
            BOOKING_OVERLAPS; TOO_MANY_BOOKINGS; TERMS_CHANGED, if the quote no longer holds: the
            hold stays; TEXTS_CHANGED, if the form showed another version of what is agreed to:
            the hold stays, too; EXPERT_UNKNOWN, if the expert is not listed; BUSY.
        LinkMissing: The address has to be confirmed first: the booking is counted, the slot held.
        Unconfirmed: The form may have become a booking. Sent again, it counts once.
    """
    claim = Claim(
        visitor_id,
        attendee,
        request_key,
        now,
        hold_for,
        asker,
        quote,
        agreement,
        proven=viewer is not None and normal_address(attendee.email) in viewer.addresses,
        link=link,
        by=by,
        known=known,
    )
    whose = None if overlap else viewer or Viewer(visitor_id)
    booking = await _booking_of(database, slot_id, claim, whose)
    counted_by.forget(visitor_id, slot_id)
    return booking


async def _booking_of(
    database: Database, slot_id: Key, claim: Claim, viewer: Viewer | None
) -> Booking:
    """Return the booking that a form became before, or becomes now."""
    slot = claim.known.slot if claim.known else None
    if slot is None or not claim.holds(slot):  # what its form has become would be booked by now
        if earlier := await _earlier(database, slot_id, claim):
            return earlier
        slot = slot or await holds.slot_to_claim(database, slot_id)
    try:
        if viewer is not None:
            await refuse_overlap(database, viewer, slot, claim.address)
        return await _book(database, slot, claim)
    except (Refusal, Unconfirmed):
        if earlier := await _earlier(database, slot_id, claim):
            return earlier
        raise


async def _earlier(database: Database, slot_id: Key, claim: Claim) -> Booking | None:
    booking = await bookings.find_by_request_key(database, claim.request_key)
    if booking is None:
        return None
    if booking.visitor_id != claim.booked_by or booking.slot_id != slot_id:
        raise form_used()
    return booking


def form_used() -> Refusal:
    """Return what refuses a form whose key belongs to another one."""
    used = Sentence("This form has already been used. Send it again.")
    return Refusal(Code.FORM_INVALID, fields={"request_key": used})


async def _book(database: Database, slot: Slot, claim: Claim) -> Booking:
    held_as = await _hold(database, slot, claim)
    expert = await _allowed_by(database, slot, claim)
    consents = claim.agreement.consents(claim.now)
    if await _lacks_link(database, claim):
        raise LinkMissing
    booking = new_booking(slot, claim, expert, consents)
    if await _keep(database, booking, claim, expert, held_as):
        return booking
    # The hold is gone, or the expert has changed: once more, by how both are now.
    held_as = await _take(database, slot, claim)
    expert = await _expert(database, slot, claim)
    booking = booking.model_copy(update={"agreed": expert.agreed()})
    if not await _keep(database, booking, claim, expert, held_as):
        raise Refusal(Code.SLOT_TAKEN)
    return booking


async def _keep(
    database: Database, booking: Booking, claim: Claim, expert: Expert, held_as: rules.SlotState
) -> bool:
    return await claims.book_held(
        database,
        booking,
        holder=claim.visitor_id,
        held_as=held_as,
        is_limited=fullness.is_limited(expert),
        act=booking_acts.booked(booking, claim.by) if claim.by else None,
        now=claim.now,
    )


async def _hold(database: Database, slot: Slot, claim: Claim) -> rules.SlotState:
    """Hold a slot unless the visitor holds it already; return how they do.

    A crowd meets this one cheap write. Only the visitor who holds the slot goes on to look up its
    expert and to open a transaction.
    """
    return slot.state if claim.holds(slot) else await _take(database, slot, claim)


async def _take(database: Database, slot: Slot, claim: Claim) -> rules.SlotState:
    held = await holds.take(
        database, slot, claim.visitor_id, now=claim.now, hold_for=claim.hold_for
    )
    return held.state


async def _allowed_by(database: Database, slot: Slot, claim: Claim) -> Expert:
    """Return a slot's expert, and count the booking; a refusal gives up a hold taken on the way.

    Only who holds the slot is counted: the rest of a crowd changes nothing.
    """
    try:
        expert = await _expert(database, slot, claim, claim.known.expert if claim.known else None)
        await asking.count_act(database, claim.asker, Act.BOOK, claim.address, now=claim.now)
    except Refusal as refusal:
        if refusal.code is not Code.TERMS_CHANGED and not claim.holds(slot):
            await holds.release(database, slot.id, claim.visitor_id, now=claim.now)
        raise
    return expert


async def _expert(
    database: Database, slot: Slot, claim: Claim, known: Expert | None = None
) -> Expert:
    """Return a slot's expert, who is listed and offers what the form showed.

    Raises:
        Refusal: EXPERT_UNKNOWN; TERMS_CHANGED.
    """
    if known is not None and known.listed and claim.agrees_to(known, slot):
        return known
    expert = await catalogue.expert_to_book(database, slot.expert_id)
    if not claim.agrees_to(expert, slot):
        raise Refusal(Code.TERMS_CHANGED)
    return expert


async def _lacks_link(database: Database, claim: Claim) -> bool:
    """Say whether the address of a booking that was counted has to be confirmed first."""
    if claim.link is not LinkNeeded.WHEN_STRAINED:
        return claim.link is LinkNeeded.ALWAYS
    return await asking.is_strained(database, claim.asker, Act.BOOK, claim.address, now=claim.now)
