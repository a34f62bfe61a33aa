"""Booking a time: claim it once however often the form arrives, and see it again."""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial

from domain import asking, catalogue, holds
from domain.rules import slots as rules
from domain.rules.errors import Code, Refusal, Sentence, Unconfirmed
from domain.rules.quotes import Quote
from domain.rules.rates import Act, Asker
from domain.store.bookings import claims
from domain.store.bookings import reading as bookings
from domain.store.core.database import Database, Document, Key
from domain.store.documents import Attendee, Booking, BookingStatus, Change, Expert, Slot, Step
from domain.store.slots import fullness

_REFERENCE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
_REFERENCE_LENGTH = 12
"""Of 30 letters: 59 bits, which nobody guesses."""


class Show(StrEnum):
    """The lists of bookings."""

    UPCOMING = "upcoming"
    PAST = "past"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class Viewer:
    """Whoever asks: a browser, and the addresses it has proven."""

    visitor_id: str | None = None
    addresses: Collection[str] = ()

    def may_see(self, booking: Booking) -> bool:
        """Say whether a booking is this viewer's own."""
        return booking.visitor_id == self.visitor_id or booking.address in self.addresses


class Overlapping(Refusal):
    """BOOKING_OVERLAPS, with the bookings that the viewer has at that time."""

    def __init__(self, others: Sequence[Booking]) -> None:
        super().__init__(Code.BOOKING_OVERLAPS)
        self.others = others


def new_reference() -> str:
    """Make a booking's reference, which nobody can guess and anybody can read aloud."""
    return "".join(secrets.choice(_REFERENCE_ALPHABET) for _ in range(_REFERENCE_LENGTH))


def normal_address(email: str) -> str:
    """Return the form of an e-mail address by which bookings are found: case does not count."""
    return email.strip().lower()


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
    quote: Quote | None = None,
    asker: Asker | None = None,
) -> Booking:
    """Turn a visitor's hold into a booking; a free time is held on the way.

    The booking keeps what its expert's profile says at this moment. The same form sent again, at
    once or later, gets the booking that it became.

    Args:
        database: Where bookings are kept.
        slot_id: The time to book.
        visitor_id: The browser that holds it, and that may see the booking afterwards.
        attendee: Who comes.
        request_key: Made with the form; the same one is the same booking.
        now: The instant of the request.
        hold_for: How long a free time is held on the way.
        viewer: Whose other bookings at that time are in the way; None: nobody's.
        quote: The price and terms that the form has shown; None: whatever they are.
        asker: Who it is counted by; None: nobody.

    Raises:
        Refusal: SLOT_UNKNOWN; SLOT_TAKEN; FORM_INVALID, when the form became another booking;
            BOOKING_OVERLAPS; TOO_MANY_BOOKINGS; TERMS_CHANGED, when they are no longer those of the
            quote; the hold stays; EXPERT_UNKNOWN, when the expert is not listed; BUSY.
        Unconfirmed: The form may have become a booking; sent again it finds it, or becomes one.
    """
    earlier = await _earlier(database, slot_id, visitor_id, request_key)
    if earlier is not None:
        return earlier
    slot = await holds.slot_to_claim(database, slot_id)
    address = normal_address(attendee.email)
    try:
        if viewer is not None:
            await refuse_overlap(database, viewer, slot, address)
        held_as = await _hold(database, slot, visitor_id, now=now, hold_for=hold_for)
        expert = await _expert(database, slot, visitor_id, address, asker=asker, now=now)
        _refuse_other_terms(expert, slot, quote)
        booking = _new_booking(slot, visitor_id, attendee, expert, request_key=request_key, now=now)
        limited = fullness.is_limited(expert)
        await _claim(
            database, slot, booking, held_as, is_limited=limited, now=now, hold_for=hold_for
        )
    except (Refusal, Unconfirmed):
        earlier = await _earlier(database, slot_id, visitor_id, request_key)
        if earlier is not None:
            return earlier
        raise
    return booking


async def refuse_overlap(
    database: Database, viewer: Viewer, slot: Slot, address: str, *, but: Booking | None = None
) -> None:
    """Refuse a time at which an address has another booking that the viewer may see.

    One that the viewer may not see is passed over: to ask would tell a stranger of it. So is one
    whose expert is absent then.

    Raises:
        Overlapping: There are some.
    """
    found = await bookings.overlapping(database, address, slot.starts_at, slot.ends_at)
    mine = [b for b in found if viewer.may_see(b) and not b.is_displaced]
    others = [b for b in mine if but is None or b.id != but.id]
    if others:
        raise Overlapping(others)


def _refuse_other_terms(expert: Expert, slot: Slot, quote: Quote | None) -> None:
    if quote is not None and quote != expert.agreed().quote(rules.length_of(slot)):
        raise Refusal(Code.TERMS_CHANGED)


async def _earlier(
    database: Database, slot_id: Key, visitor_id: str, request_key: str
) -> Booking | None:
    booking = await bookings.find_by_request_key(database, request_key)
    if booking is None:
        return None
    if booking.visitor_id != visitor_id or booking.slot_id != slot_id:
        raise Refusal(
            Code.FORM_INVALID,
            fields={"request_key": Sentence("This form has already been used. Send it again.")},
        )
    return booking


def _new_booking(
    slot: Slot,
    visitor_id: str,
    attendee: Attendee,
    expert: Expert,
    *,
    request_key: str,
    now: datetime,
) -> Booking:
    return Booking(
        id=Key(),
        reference=new_reference(),
        visitor_id=visitor_id,
        slot_id=slot.id,
        expert_id=slot.expert_id,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        attendee=attendee,
        address=normal_address(attendee.email),
        agreed=expert.agreed(),
        request_key=request_key,
        history=[Change(step=Step.BOOKED, at=now, starts_at=slot.starts_at, ends_at=slot.ends_at)],
        created_at=now,
        changed_at=now,
    )


async def _hold(
    database: Database, slot: Slot, visitor_id: str, *, now: datetime, hold_for: timedelta
) -> rules.SlotState:
    """Hold a slot unless the visitor holds it already; return how they do.

    A crowd meets this one cheap write. Only the visitor who holds the slot goes on to read its
    expert and to open a transaction.
    """
    if rules.may_book(slot, visitor_id, now):
        return slot.state
    return await holds.take(database, slot, visitor_id, now=now, hold_for=hold_for)


async def _expert(
    database: Database,
    slot: Slot,
    visitor_id: str,
    address: str,
    *,
    asker: Asker | None,
    now: datetime,
) -> Expert:
    """Return a slot's expert for a booking, which is counted; a refusal gives up a hold on the way.

    A crowd that is after one time is not counted: all but one of it change nothing.
    """
    try:
        expert = await catalogue.expert_to_book(database, slot.expert_id)
        await asking.count_act(database, asker, Act.BOOK, address, now=now)
    except Refusal:
        if not rules.may_book(slot, visitor_id, now):
            await holds.release(database, slot.id, visitor_id, now=now)
        raise
    return expert


async def _claim(
    database: Database,
    slot: Slot,
    booking: Booking,
    held_as: rules.SlotState,
    *,
    is_limited: bool,
    now: datetime,
    hold_for: timedelta,
) -> None:
    """Book what the visitor holds; where that hold is gone, hold it once more and try again."""
    book_held = partial(claims.book_held, database, booking, is_limited=is_limited, now=now)
    if await book_held(held_as=held_as):
        return
    held_as = await holds.take(database, slot, booking.visitor_id, now=now, hold_for=hold_for)
    if not await book_held(held_as=held_as):
        raise Refusal(Code.SLOT_TAKEN)


async def find(database: Database, reference: str, viewer: Viewer) -> Booking:
    """Return a booking by its reference.

    Raises:
        Refusal: BOOKING_UNKNOWN, when there is none or it is not this viewer's: the two are one.
    """
    booking = await bookings.find_by_reference(database, reference.upper())
    if booking is None or not viewer.may_see(booking):
        raise Refusal(Code.BOOKING_UNKNOWN)
    return booking


async def listing(
    database: Database, viewer: Viewer, show: Show, *, now: datetime
) -> list[Booking]:
    """Return a viewer's bookings of one kind: upcoming the soonest first, others the latest."""
    queries: dict[Show, Document] = {
        Show.UPCOMING: {"status": BookingStatus.CONFIRMED.value, "ends_at": {"$gt": now}},
        Show.PAST: {"status": BookingStatus.CONFIRMED.value, "ends_at": {"$lte": now}},
        Show.CANCELLED: {"status": BookingStatus.CANCELLED.value},
    }
    return await bookings.of_viewer(
        database,
        viewer.visitor_id,
        viewer.addresses,
        queries[show],
        latest_first=show is not Show.UPCOMING,
    )


async def own(database: Database, booking_id: Key, viewer: Viewer) -> Booking | None:
    """Return a booking by its key where it is this viewer's, else None."""
    booking = await bookings.find(database, booking_id)
    return booking if booking is not None and viewer.may_see(booking) else None
