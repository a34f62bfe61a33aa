"""Booking requests: a form under an unproven address becomes a booking by a mailed link."""

from datetime import datetime, timedelta

from domain.booking import claims
from domain.booking.bookings import Viewer
from domain.booking.hold_limits import UNCOUNTED, NetworkHolds
from domain.rules.errors import Code, Refusal
from domain.rules.quotes import Quote, read_quote
from domain.site.consents import Agreement
from domain.store.bookings import reading as bookings
from domain.store.bookings import requests
from domain.store.core.database import Database, Key
from domain.store.documents import Booking, BookingRequest
from domain.store.waitlist import entries as waitlist


async def own(database: Database, request_id: Key, visitor_id: str) -> BookingRequest:
    """Return a request for the browser that sent its form.

    Raises:
        Refusal: BOOKING_UNKNOWN, when there is none, or it is another browser's.
    """
    request = await requests.find_by_id(database, request_id)
    if request is None or request.visitor_id != visitor_id:
        raise Refusal(Code.BOOKING_UNKNOWN)
    return request


async def booking_of(database: Database, request: BookingRequest) -> Booking | None:
    """Return the booking that a request has become, if it has."""
    return await bookings.find_by_request_key(database, request.request_key)


async def look_at_link(database: Database, key: str, visitor_id: str) -> BookingRequest:
    """Return the request whose link a browser looks at, without using it.

    Raises:
        Refusal: LINK_SPENT, when another browser has used it, or nothing waits for it any more.
    """
    request = await requests.find(database, key)
    if request is None or request.used_by not in {"", visitor_id}:
        raise Refusal(Code.LINK_SPENT)
    return request


async def use_link(database: Database, key: str, visitor_id: str) -> BookingRequest:
    """Use a link up in a browser and return its request: that proves the address there.

    Of two browsers at once one succeeds, and may use it again.

    Raises:
        Refusal: LINK_SPENT.
    """
    request = await look_at_link(database, key, visitor_id)
    if not await requests.use(database, request, visitor_id):
        raise Refusal(Code.LINK_SPENT)
    await waitlist.prove_all(database, request.address, visitor_id)
    return request


async def confirm(
    database: Database,
    request: BookingRequest,
    *,
    overlap: bool = False,
    quote: Quote | None = None,
    now: datetime,
    hold_for: timedelta,
    counted_by: NetworkHolds = UNCOUNTED,
) -> Booking:
    """Book what a request asks for, once its link was used. Confirming twice is confirming once.

    The booking belongs to the browser that sent the form, and to the address.

    Args:
        database: Where bookings are kept.
        request: What to book.
        overlap: Whether other bookings at that time may stand beside it, by now.
        quote: The price and terms that were shown with the link; None for those of the form.
        now: The instant of the request.
        hold_for: How long a slot is held on the way whose hold has lapsed.
        counted_by: What counts the hold, which ends here.

    Raises:
        Refusal: As `claims.book` does. It was counted with the form.
        Unconfirmed: It may have become a booking. Confirmed again, it counts once.
    """
    return await claims.book(
        database,
        request.slot_id,
        request.visitor_id,
        request.attendee,
        request_key=request.request_key,
        now=now,
        hold_for=hold_for,
        viewer=Viewer(request.visitor_id, {request.address}),
        overlap=overlap or request.overlap,
        quote=quote or read_quote(request.quote),
        agreement=Agreement(given_before=request.consents),
        counted_by=counted_by,
    )
