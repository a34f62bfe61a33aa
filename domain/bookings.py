"""Booking a time: claim it once however often the form arrives, and see it again."""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from domain import holds
from domain import slots as rules
from domain.errors import Code, Refusal, Sentence
from domain.store import bookings, claims
from domain.store.database import Database, Document, Key
from domain.store.documents import Attendee, Booking, BookingStatus, Change, Slot, Step

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
) -> Booking:
    """Turn a visitor's hold into a booking; a free time is held on the way.

    The same form sent again, at once or later, gets the booking that it became.

    Args:
        database: Where bookings are kept.
        slot_id: The time to book.
        visitor_id: The browser that holds it, and that may see the booking afterwards.
        attendee: Who comes.
        request_key: Made with the form; the same one is the same booking.
        now: The instant of the request.
        hold_for: How long a free time is held on the way.
        viewer: Whose other bookings at that time are in the way; None: nobody's.

    Raises:
        Refusal: SLOT_UNKNOWN; SLOT_TAKEN; FORM_INVALID, when the form became another booking;
            BOOKING_OVERLAPS; BUSY.
    """
    earlier = await _earlier(database, slot_id, visitor_id, request_key)
    if earlier is not None:
        return earlier
    slot = await holds.slot_to_claim(database, slot_id)
    booking = _new_booking(slot, visitor_id, attendee, request_key, now)
    try:
        if viewer is not None:
            await refuse_overlap(database, viewer, slot, booking.address)
        await _claim(database, slot, booking, now=now, hold_for=hold_for)
    except Refusal:
        earlier = await _earlier(database, slot_id, visitor_id, request_key)
        if earlier is not None:
            return earlier
        raise
    return booking


async def refuse_overlap(
    database: Database, viewer: Viewer, slot: Slot, address: str, *, but: Booking | None = None
) -> None:
    """Refuse a time at which an address has another booking that the viewer may see.

    One that the viewer may not see is passed over: to ask would tell a stranger of it.

    Raises:
        Overlapping: There are some.
    """
    found = await bookings.overlapping(database, address, slot.starts_at, slot.ends_at)
    others = [b for b in found if viewer.may_see(b) and (but is None or b.id != but.id)]
    if others:
        raise Overlapping(others)


async def _earlier(
    database: Database, slot_id: Key, visitor_id: str, request_key: str
) -> Booking | None:
    booking = await bookings.find_by_request_key(database, request_key)
    if booking is None:
        return None
    if booking.visitor_id != visitor_id or booking.slot_id != slot_id:
        raise Refusal(
            Code.FORM_INVALID,
            fields={"request_key": Sentence("This form was used already. Send it again.")},
        )
    return booking


def _new_booking(
    slot: Slot, visitor_id: str, attendee: Attendee, request_key: str, now: datetime
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
        request_key=request_key,
        history=[Change(step=Step.BOOKED, at=now, starts_at=slot.starts_at, ends_at=slot.ends_at)],
        created_at=now,
        changed_at=now,
    )


async def _claim(
    database: Database, slot: Slot, booking: Booking, *, now: datetime, hold_for: timedelta
) -> None:
    """Book what the visitor holds; else hold it once and try once more.

    A crowd meets the one cheap write of a hold; only whoever holds the slot opens a transaction.
    """
    visitor_id = booking.visitor_id
    is_kept = rules.may_book(slot, visitor_id, now)
    if is_kept and await claims.book_held(database, booking, held_as=slot.state, now=now):
        return
    held_as = await holds.take(database, slot, visitor_id, now=now, hold_for=hold_for)
    if not await claims.book_held(database, booking, held_as=held_as, now=now):
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
