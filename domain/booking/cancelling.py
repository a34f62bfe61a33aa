"""Cancelling a booking, and freeing its slot along with it."""

from collections.abc import Awaitable, Callable
from datetime import datetime

from domain import asking
from domain.acts import on_booking
from domain.booking import bookings
from domain.booking.booking_terms import why_not_cancel
from domain.booking.bookings import Viewer
from domain.rules.errors import Code, Refusal
from domain.rules.log import Action, Actor, FieldChange
from domain.rules.request_limits import Act, Asker
from domain.store.bookings import claims
from domain.store.core.database import Database
from domain.store.core.transactions import MOST_READS
from domain.store.documents import Booking, BookingStatus, Party


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
        asker: Who to count the change by; None for nobody.

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


async def call_off(
    database: Database,
    find: Callable[[], Awaitable[Booking]],
    party: Party,
    message: str,
    *,
    by: Actor,
    now: datetime,
) -> Booking:
    """Cancel a booking for its expert or an administrator: deadlines are for attendees.

    Cancelling twice is cancelling once, and the first message counts.

    Args:
        database: Where bookings are kept.
        find: Reads the booking.
        party: In whose name it is cancelled.
        message: What the attendee's mail says beside it, or nothing.
        by: Who cancels it, for the log.
        now: The instant of the request.

    Raises:
        Refusal: BOOKING_PAST, once it has begun; BUSY; what `find` refuses.
    """
    changes = [FieldChange.of_personal("message")] if message else []
    for _ in range(MOST_READS):
        booking = await find()
        if booking.status is BookingStatus.CANCELLED:
            return booking
        if now >= booking.starts_at:
            raise Refusal(Code.BOOKING_PAST)
        act = on_booking(by, Action.SESSION_CANCELLED, booking.id, now, changes)
        if await claims.cancel(database, booking, by=party, message=message, act=act, now=now):
            return await find()
    raise Refusal(Code.BUSY)
