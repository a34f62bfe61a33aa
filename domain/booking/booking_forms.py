"""Booking forms: one becomes a booking at once, or waits for a link mailed to its address."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypedDict

from domain.booking import claims
from domain.booking.booking_requests import booking_of
from domain.booking.bookings import Viewer, normal_address
from domain.booking.hold_deadlines import keep_for_link
from domain.booking.hold_limits import UNCOUNTED, NetworkHolds
from domain.booking.holds import slot_to_claim
from domain.booking.new_bookings import Known
from domain.rules.confirmations import KEPT_AFTER, Confirming, LinkNeeded, link_needed
from domain.rules.errors import LinkMissing
from domain.rules.quotes import Quote
from domain.rules.request_limits import Asker
from domain.site.consents import NOTHING_ASKED, Agreement
from domain.store.bookings import reading as bookings
from domain.store.bookings import requests
from domain.store.core.database import Database, Key
from domain.store.documents import Attendee, Booking, BookingRequest, Slot


@dataclass(frozen=True)
class BookingForm:
    """A booking form as it was sent, and by whom."""

    slot_id: Key
    viewer: Viewer
    """Who holds the slot."""
    attendee: Attendee
    request_key: str
    overlap: bool = False
    """Whether other bookings at that time may stand beside it."""
    quote: Quote | None = None
    """The price and terms that it showed; None for any."""
    agreement: Agreement = NOTHING_ASKED
    """What its visitor has to agree to, and what it says of that."""
    asker: Asker | None = None
    """Who to count the booking by, now and not once more when the link is followed."""
    known: Known | None = None
    """The slot and its expert, if the request knows them."""

    @property
    def visitor_id(self) -> str:
        """The browser that sent it."""
        return self.viewer.visitor_id or ""

    @property
    def address(self) -> str:
        """The attendee's e-mail in lower case."""
        return normal_address(self.attendee.email)


async def book_or_ask(
    database: Database,
    form: BookingForm,
    confirming: Confirming,
    *,
    now: datetime,
    hold_for: timedelta,
    counted_by: NetworkHolds = UNCOUNTED,
) -> Booking | BookingRequest:
    """Book a slot, or keep the form until a link that is mailed to its address is followed.

    Until then the slot is held. The same form sent again gets the same booking or request; one that
    was corrected gets another request, and the former link books nothing.

    Args:
        database: Where bookings are kept.
        form: What is asked for.
        confirming: When a link is asked for, and how long the slot is held for it.
        now: The instant of the request.
        hold_for: How long a free slot is held on the way.
        counted_by: What counts the hold.

    Raises:
        Refusal: As `claims.book` does.
        Unconfirmed: The form may have become a booking. Sent again, it counts once.
    """
    link = await _link_needed(database, confirming, form)
    if link is not LinkNeeded.NEVER and (earlier := await _earlier(database, form)):
        return earlier
    times: _Times = {"now": now, "hold_for": hold_for, "counted_by": counted_by}
    try:
        return await _book(database, form, link, times)
    except LinkMissing:
        slot = await slot_to_claim(database, form.slot_id)
    slot = await keep_for_link(database, slot, form.visitor_id, within=confirming.within, **times)
    request = _new_request(form, slot, now)
    if await requests.keep(database, request):
        return request
    return await _earlier(database, form) or request  # it was sent twice at once


class _Times(TypedDict):
    """What every call on the way is given."""

    now: datetime
    hold_for: timedelta
    counted_by: NetworkHolds


async def _book(database: Database, form: BookingForm, link: LinkNeeded, times: _Times) -> Booking:
    return await claims.book(
        database,
        form.slot_id,
        form.visitor_id,
        form.attendee,
        request_key=form.request_key,
        viewer=form.viewer,
        overlap=form.overlap,
        quote=form.quote,
        agreement=form.agreement,
        asker=form.asker,
        link=link,
        known=form.known,
        **times,
    )


async def _link_needed(database: Database, confirming: Confirming, form: BookingForm) -> LinkNeeded:
    """Return when a booking needs a link; the browser's earlier bookings are read if they count."""
    is_proven = form.address in form.viewer.addresses
    has_confirmed = (
        confirming.goes_by_earlier_ones
        and not is_proven
        and await bookings.has_confirmed(database, form.visitor_id, form.address)
    )
    return link_needed(confirming, is_proven=is_proven, has_confirmed=has_confirmed)


async def _earlier(database: Database, form: BookingForm) -> Booking | BookingRequest | None:
    """Return what the form has become before, unless it was corrected since."""
    request = await requests.find_by_request_key(database, form.request_key)
    if request is None:
        return None
    if (request.visitor_id, request.slot_id) != (form.visitor_id, form.slot_id):
        raise claims.form_used()
    if booking := await booking_of(database, request):
        return booking
    if request.attendee == form.attendee:
        return request
    await requests.drop(database, request)
    return None


def _new_request(form: BookingForm, slot: Slot, now: datetime) -> BookingRequest:
    return BookingRequest(
        id=Key(),
        key=secrets.token_urlsafe(24),
        request_key=form.request_key,
        visitor_id=form.visitor_id,
        slot_id=slot.id,
        expert_id=slot.expert_id,
        attendee=form.attendee,
        address=form.address,
        quote=str(form.quote or ""),
        overlap=form.overlap,
        consents=form.agreement.consents(now),
        held_until=slot.held_until,
        created_at=now,
        kept_until=slot.held_until + KEPT_AFTER,
    )
