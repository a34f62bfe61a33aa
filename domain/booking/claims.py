"""Booking a slot: claim it once, however often the form arrives."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
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
    if slot is None or not claim.holds(slot):  # else it is looked up where the booking fails
        if earlier := await _earlier(database, slot_id, claim):
            return earlier
        slot = slot or await holds.slot_to_claim(database, slot_id)
    try:
        if viewer is not None:
            await refuse_overlap(database, viewer, slot, claim.address)
        return await _book(database, slot, claim)
    except (Refusal, LinkMissing, Unconfirmed):
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
    held = await _hold(database, slot, claim)
    async with _released_if_refused(database, slot, claim):
        expert = await _expert(database, held, claim)
        await asking.count_act(database, claim.asker, Act.BOOK, claim.address, now=claim.now)
    _refuse_other_terms(expert, held, claim)
    consents = claim.agreement.consents(claim.now)
    if await _lacks_link(database, claim):
        await _newest_expert(database, slot, held, claim)  # no transaction compares with what is so
        raise LinkMissing
    booking = new_booking(held, claim, expert, consents)
    if await _keep(database, booking, claim, expert, held.state):
        return booking
    # Slot or expert are not as they were read: once more, by how both are now.
    held = await _hold(database, await holds.slot_to_claim(database, slot.id), claim)
    expert = await _newest_expert(database, slot, held, claim)
    booking = new_booking(held, claim, expert, consents)
    if not await _keep(database, booking, claim, expert, held.state):
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


async def _hold(database: Database, slot: Slot, claim: Claim) -> Slot:
    """Hold a slot unless the visitor holds it already; return it as they do.

    A crowd meets this one cheap write. Only the visitor who holds the slot goes on to look up its
    expert and to open a transaction; only they are counted.
    """
    if claim.holds(slot):
        return slot
    return await holds.take(
        database, slot, claim.visitor_id, now=claim.now, hold_for=claim.hold_for
    )


@asynccontextmanager
async def _released_if_refused(database: Database, slot: Slot, claim: Claim) -> AsyncIterator[None]:
    """Give up a hold that the visitor did not have before, if what follows is refused."""
    try:
        yield
    except Refusal:
        if not claim.holds(slot):
            await holds.release(database, slot.id, claim.visitor_id, now=claim.now)
        raise


async def _expert(database: Database, held: Slot, claim: Claim) -> Expert:
    """Return a slot's expert: as memory has them, if that would do; else as they are now.

    Raises:
        Refusal: EXPERT_UNKNOWN.
    """
    known = claim.known.expert if claim.known else None
    if known is not None and known.listed and claim.agrees_to(known, held):
        return known
    return await catalogue.expert_to_book(database, held.expert_id)


async def _newest_expert(database: Database, slot: Slot, held: Slot, claim: Claim) -> Expert:
    """Return a slot's expert as they are now, who offers what the form showed.

    Raises:
        Refusal: EXPERT_UNKNOWN; TERMS_CHANGED.
    """
    async with _released_if_refused(database, slot, claim):
        expert = await catalogue.expert_to_book(database, held.expert_id)
    _refuse_other_terms(expert, held, claim)
    return expert


def _refuse_other_terms(expert: Expert, held: Slot, claim: Claim) -> None:
    """Refuse terms that the form didn't show; the hold stays."""
    if not claim.agrees_to(expert, held):
        raise Refusal(Code.TERMS_CHANGED)


async def _lacks_link(database: Database, claim: Claim) -> bool:
    """Say whether the address of a booking that was counted has to be confirmed first."""
    if claim.link is not LinkNeeded.WHEN_STRAINED:
        return claim.link is LinkNeeded.ALWAYS
    return await asking.is_strained(database, claim.asker, Act.BOOK, claim.address, now=claim.now)
