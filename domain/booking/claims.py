"""Booking a slot: claim it once, however often the form arrives."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from domain import asking
from domain.booking import booking_acts, holds
from domain.booking.bookings import Viewer, normal_address
from domain.booking.hold_limits import UNCOUNTED, NetworkHolds
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
from domain.store.bookings.searching import words_of
from domain.store.core.database import Database, Key
from domain.store.documents import Attendee, Booking, Change, Expert, Party, Slot, Step
from domain.store.documents.agreements import Consent
from domain.store.slots import fullness

_REFERENCE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
_REFERENCE_LENGTH = 12
"""Of 30 letters: 59 bits, which nobody guesses."""


@dataclass(frozen=True)
class _Claim:
    """What one form asks for."""

    visitor_id: str
    attendee: Attendee
    request_key: str
    now: datetime
    hold_for: timedelta
    asker: Asker | None
    quote: Quote | None
    agreement: Agreement
    proven: bool
    link: LinkNeeded
    by: Actor | None

    @property
    def booked_by(self) -> str:
        """Whose the booking will be: the visitor's, or no browser's if an administrator books."""
        return f"by-phone:{self.request_key}" if self.by else self.visitor_id

    @property
    def address(self) -> str:
        """The attendee's e-mail in lower case."""
        return normal_address(self.attendee.email)


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

    Raises:
        Refusal: SLOT_UNKNOWN; SLOT_TAKEN; FORM_INVALID, if the form became another booking;
            BOOKING_OVERLAPS; TOO_MANY_BOOKINGS; TERMS_CHANGED, if the quote no longer holds: the
            hold stays; TEXTS_CHANGED, if the form showed another version of what is agreed to:
            the hold stays, too; EXPERT_UNKNOWN, if the expert is not listed; BUSY.
        LinkMissing: The address has to be confirmed first: the booking is counted, the slot held.
        Unconfirmed: The form may have become a booking. Sent again, it counts once.
    """
    claim = _Claim(
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
    )
    whose = None if overlap else viewer or Viewer(visitor_id)
    booking = await _booking_of(database, slot_id, claim, whose)
    counted_by.forget(visitor_id, slot_id)
    return booking


async def _booking_of(
    database: Database, slot_id: Key, claim: _Claim, viewer: Viewer | None
) -> Booking:
    """Return the booking that a form became before, or becomes now."""
    if earlier := await _earlier(database, slot_id, claim):
        return earlier
    slot = await holds.slot_to_claim(database, slot_id)
    try:
        if viewer is not None:
            await refuse_overlap(database, viewer, slot, claim.address)
        return await _book(database, slot, claim)
    except (Refusal, Unconfirmed):
        if earlier := await _earlier(database, slot_id, claim):
            return earlier
        raise


async def _earlier(database: Database, slot_id: Key, claim: _Claim) -> Booking | None:
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


async def _book(database: Database, slot: Slot, claim: _Claim) -> Booking:
    held_as = await _hold(database, slot, claim)
    expert = await _expert(database, slot, claim)
    if claim.quote is not None and claim.quote != expert.agreed().quote(rules.length_of(slot)):
        raise Refusal(Code.TERMS_CHANGED)
    consents = claim.agreement.consents(claim.now)
    if await _lacks_link(database, claim):
        raise LinkMissing
    booking = _new_booking(slot, claim, expert, consents)
    book_held = partial(
        claims.book_held,
        database,
        booking,
        holder=claim.visitor_id,
        is_limited=fullness.is_limited(expert),
        act=booking_acts.booked(booking, claim.by) if claim.by else None,
        now=claim.now,
    )
    if await book_held(held_as=held_as):
        return booking
    held_as = await _take(database, slot, claim)  # the hold is gone: once more
    if not await book_held(held_as=held_as):
        raise Refusal(Code.SLOT_TAKEN)
    return booking


async def _hold(database: Database, slot: Slot, claim: _Claim) -> rules.SlotState:
    """Hold a slot unless the visitor holds it already; return how they do.

    A crowd meets this one cheap write. Only the visitor who holds the slot goes on to read its
    expert and to open a transaction.
    """
    if rules.may_book(slot, claim.visitor_id, claim.now):
        return slot.state
    return await _take(database, slot, claim)


async def _take(database: Database, slot: Slot, claim: _Claim) -> rules.SlotState:
    return await holds.take(
        database, slot, claim.visitor_id, now=claim.now, hold_for=claim.hold_for
    )


async def _expert(database: Database, slot: Slot, claim: _Claim) -> Expert:
    """Return a slot's expert, and count the booking; a refusal gives up a hold taken on the way.

    Only who holds the slot is counted: the rest of a crowd changes nothing.
    """
    try:
        expert = await catalogue.expert_to_book(database, slot.expert_id)
        await asking.count_act(database, claim.asker, Act.BOOK, claim.address, now=claim.now)
    except Refusal:
        if not rules.may_book(slot, claim.visitor_id, claim.now):
            await holds.release(database, slot.id, claim.visitor_id, now=claim.now)
        raise
    return expert


async def _lacks_link(database: Database, claim: _Claim) -> bool:
    """Say whether the address of a booking that was counted has to be confirmed first."""
    if claim.link is not LinkNeeded.WHEN_STRAINED:
        return claim.link is LinkNeeded.ALWAYS
    return await asking.is_strained(database, claim.asker, Act.BOOK, claim.address, now=claim.now)


def _new_booking(slot: Slot, claim: _Claim, expert: Expert, consents: list[Consent]) -> Booking:
    now, starts_at, ends_at = claim.now, slot.starts_at, slot.ends_at
    reference, by = _new_reference(), Party.ADMINISTRATOR if claim.by else None
    return Booking(
        id=Key(),
        reference=reference,
        visitor_id=claim.booked_by,
        slot_id=slot.id,
        expert_id=slot.expert_id,
        starts_at=starts_at,
        ends_at=ends_at,
        attendee=claim.attendee,
        address=claim.address,
        agreed=expert.agreed(),
        found_by=words_of(claim.attendee, reference),
        consents=consents,
        request_key=claim.request_key,
        proven=claim.proven,
        history=[Change(step=Step.BOOKED, at=now, starts_at=starts_at, ends_at=ends_at, by=by)],
        created_at=now,
        changed_at=now,
    )


def _new_reference() -> str:
    """Make a booking's reference, which nobody can guess and anybody can read aloud."""
    return "".join(secrets.choice(_REFERENCE_ALPHABET) for _ in range(_REFERENCE_LENGTH))
