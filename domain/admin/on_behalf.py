"""What administrators do with bookings of others: find, cancel and move one, and book for somebody.

They go the way of everybody: the same slots, the same holds, the same transactions. Only what an
attendee agreed to of deadlines doesn't hold for them, and nothing they do counts against a limit.
"""

from datetime import datetime, timedelta
from functools import partial

from domain.booking import bookings, claims, rescheduling
from domain.booking.bookings import ADMINISTRATION
from domain.booking.cancelling import call_off
from domain.booking.rescheduling import OnBehalf
from domain.rules.log import Actor
from domain.rules.quotes import Quote
from domain.site.consents import NOTHING_ASKED, Agreement
from domain.store.core.database import Database, Key
from domain.store.documents import Attendee, Booking, Party, Slot


async def find(database: Database, reference: str) -> Booking:
    """Return any booking.

    Raises:
        Refusal: BOOKING_UNKNOWN.
    """
    return await bookings.find(database, reference, ADMINISTRATION)


async def cancel(
    database: Database, reference: str, message: str, *, by: Actor, now: datetime
) -> Booking:
    """Cancel a booking and free its slot, both or neither, until it begins.

    Args:
        database: Where bookings are kept.
        reference: Which booking.
        message: What the attendee's mail says beside it, or nothing.
        by: Who cancels.
        now: The instant of the request.

    Raises:
        Refusal: BOOKING_UNKNOWN; BOOKING_PAST, once it has begun; BUSY.
    """
    anybodys = partial(find, database, reference)
    return await call_off(database, anybodys, Party.ADMINISTRATOR, message, by=by, now=now)


async def hold_to_move(
    database: Database,
    booking: Booking,
    slot_id: Key,
    holder: str,
    *,
    now: datetime,
    hold_for: timedelta,
) -> Slot:
    """Hold a slot that a booking is to move to.

    Raises:
        Refusal: SLOT_UNKNOWN; SLOT_TAKEN; BOOKING_CANCELLED; BOOKING_PAST; BUSY.
    """
    return await rescheduling.hold(
        database, booking, slot_id, holder, by=Party.ADMINISTRATOR, now=now, hold_for=hold_for
    )


async def move(
    database: Database,
    reference: str,
    slot_id: Key,
    holder: str,
    on_behalf: OnBehalf,
    *,
    now: datetime,
    hold_for: timedelta,
    overlap: bool = False,
    quote: Quote | None = None,
) -> Booking:
    """Move a booking to another slot of its expert, which is free or held by who asks.

    Args:
        database: Where bookings are kept.
        reference: Which booking.
        slot_id: The slot to move to.
        holder: The browser whose hold counts.
        on_behalf: Who moves it, and what they write to the attendee.
        now: The instant of the request.
        hold_for: How long a free slot is held on the way.
        overlap: Whether it may overlap other bookings of the attendee.
        quote: The price and length that the form showed; needed only if they change.

    Raises:
        Refusal: BOOKING_UNKNOWN; BOOKING_CANCELLED; BOOKING_PAST; SLOT_UNKNOWN; SLOT_TAKEN;
            BOOKING_OVERLAPS; TERMS_CHANGED; BUSY.
    """
    return await rescheduling.reschedule(
        database,
        reference,
        ADMINISTRATION,
        slot_id,
        holder,
        now=now,
        hold_for=hold_for,
        overlap=overlap,
        quote=quote,
        on_behalf=on_behalf,
    )


async def book(
    database: Database,
    slot_id: Key,
    holder: str,
    attendee: Attendee,
    *,
    request_key: str,
    by: Actor,
    now: datetime,
    hold_for: timedelta,
    overlap: bool = False,
    quote: Quote | None = None,
    agreement: Agreement = NOTHING_ASKED,
) -> Booking:
    """Book for somebody who asked for it, by phone for example, as `claims.book` does.

    Nobody's browser owns the booking: the attendee sees it by a link to the address. What they
    agreed to, the administrator says.

    Raises:
        Refusal: What `claims.book` refuses, but for limits.
        Unconfirmed: The form may have become a booking. Sent again, it counts once.
    """
    return await claims.book(
        database,
        slot_id,
        holder,
        attendee,
        request_key=request_key,
        now=now,
        hold_for=hold_for,
        viewer=ADMINISTRATION,
        overlap=overlap,
        quote=quote,
        agreement=agreement,
        by=by,
    )
