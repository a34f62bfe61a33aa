"""Bookings that wait for a mailed link: the page meanwhile, the link's page, and confirming."""

from dataclasses import dataclass
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Template

from domain.account.sign_in import PROOF_LIFETIME
from domain.booking import booking_requests, holds
from domain.discovery import catalogue
from domain.rules import slots as rules
from domain.rules.errors import Code, Refusal
from domain.rules.quotes import read_quote
from domain.store.documents import Booking, BookingRequest, Expert, Slot
from web.booking.form import FIELDS, form_or_booking
from web.booking.tally import ClaimKind, tallied
from web.booking.views import ConfirmPage, is_of_terms
from web.experts.paths import paths_to_book
from web.http.answers import saying_when
from web.http.forms import Form, read_form
from web.http.outcomes import outcome_of
from web.http.this_machine import shows_outbox
from web.http.visits import Visit, key_in_address


@dataclass(frozen=True)
class WaitingPage:
    """A booking that waits for its mailed link, in the browser that asked for it."""

    pending: BookingRequest
    slot: Slot
    expert: Expert
    zone: str
    outbox: bool


def typed_in(request: BookingRequest) -> Form:
    """Return what was typed into the form of a request."""
    return {name: getattr(request.attendee, name) for name in FIELDS}


@get("/bookings/requests/{request_id:str}", name="booking_request")
async def waiting_page(
    visit: NamedDependency[Visit], request_id: FromPath[str]
) -> Response[Any] | Template:
    """Say that a link was mailed; once it was followed, lead to the booking.

    If the time is no longer held, or something is to be corrected, the form comes back as typed.
    """
    visitor_id, key = visit.session.visitor_id, key_in_address(request_id)
    request = await booking_requests.own(visit.database, key, visitor_id)
    if booking := await booking_requests.booking_of(visit.database, request):
        return visit.go_to(f"/bookings/{booking.reference}?new=1")
    slot = await holds.slot_to_claim(visit.database, request.slot_id)
    if rules.is_held_by(slot, visitor_id, visit.now):
        if visit.query("correct"):
            typed = {**typed_in(request), "request_key": request.request_key}
            return await form_or_booking(visit, slot, values=typed)
        expert = await catalogue.expert_to_show(visit.directory, slot.expert_id)
        zone, outbox = visit.zone(expert.zone), shows_outbox(visit.request)
        view = WaitingPage(request, slot, expert, zone, outbox)
        return visit.show("booking/request", "booking/_request", view)
    if visit.fragment:
        return visit.go_to(f"/bookings/requests/{request.id}")
    gone = Refusal(Code.HOLD_GONE)
    return await form_or_booking(visit, slot, values=typed_in(request), refusal=gone)


def _key_of(visit: Visit, token: str) -> str:
    return visit.services.link_tokens.booking.read(token) or ""


@get("/bookings/confirm/{token:str}", name="confirm_link")
async def link_page(
    visit: NamedDependency[Visit], token: FromPath[str]
) -> Response[Any] | Template:
    """Show the button that confirms a booking; to look changes nothing."""
    key, visitor_id = _key_of(visit, token), visit.session.visitor_id
    request = await booking_requests.look_at_link(visit.database, key, visitor_id)
    booking = await booking_requests.booking_of(visit.database, request)
    if booking and (await visit.viewer()).may_see(booking):
        return visit.go_to(f"/bookings/{booking.reference}")
    return await _button(visit, token, request, booking)


async def _button(
    visit: Visit,
    token: str,
    request: BookingRequest,
    booking: Booking | None = None,
    refusal: Refusal | None = None,
) -> Response[Any] | Template:
    """Show the button; if the time is gone, what to take instead.

    Raises:
        Refusal: EXPERT_UNKNOWN, if the slot's expert is not listed.
    """
    slot = await holds.slot_to_claim(visit.database, request.slot_id)
    is_theirs = rules.may_book(slot, request.visitor_id, visit.now)
    if not (booking or is_theirs or rules.is_free(slot, visit.now)):
        return await form_or_booking(visit, slot, values=typed_in(request), refusal=refusal)
    expert = await catalogue.expert_to_book(visit.database, slot.expert_id)
    view = ConfirmPage(
        expert=expert,
        slot=slot,
        zone=visit.zone(request.attendee.zone),
        paths=paths_to_book(expert),
        held=is_theirs,
        available=True,
        alternatives=None,
        refusal=refusal,
        settings=visit.settings,
        token=token,
        address=request.address,
        agreed=expert.agreed(),
        quoted=read_quote(request.quote) if is_of_terms(refusal) else None,
    )
    return saying_when(visit.show("booking/confirm", view=view, status=view.status), refusal)


async def _confirm(visit: Visit, request: BookingRequest, form: Form) -> Booking:
    return await booking_requests.confirm(
        visit.database,
        request,
        overlap="overlap" in form,
        quote=read_quote(form.get("quote", "")),
        now=visit.now,
        hold_for=visit.settings.hold_for,
        counted_by=visit.network_holds,
    )


@post("/bookings/confirm/{token:str}", name="confirm_booking")
async def confirm(visit: NamedDependency[Visit], token: FromPath[str]) -> Response[Any] | Template:
    """Book what was asked for, in whichever browser the link is followed: it proves the address."""
    key, visitor_id = _key_of(visit, token), visit.session.visitor_id
    form = await read_form(visit.request)
    request = await booking_requests.use_link(visit.database, key, visitor_id)
    proven = visit.session.proving(request.address, visit.now + PROOF_LIFETIME, visit.now)
    visit.change_session(proven)
    outcome = await outcome_of(visit, tallied(ClaimKind.BOOK, _confirm(visit, request, form)))
    if isinstance(outcome, Refusal):
        return await _button(visit, token, request, refusal=outcome)
    return visit.go_to(f"/bookings/{outcome.reference}?new=1")
