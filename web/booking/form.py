"""The form that books a slot: shown, sent, and shown again when refused."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Template

from domain.booking import bookings, holds
from domain.booking.attendees import NOTES_LIMIT, read_attendee
from domain.booking.booking_forms import BookingForm, book_or_ask
from domain.booking.new_bookings import Known
from domain.discovery import catalogue
from domain.rules import slots
from domain.rules.errors import Code, Refusal
from domain.rules.legal import TextVersion, read_versions
from domain.rules.quotes import read_quote
from domain.site.consents import Agreement
from domain.store.documents import Booking, BookingRequest, Expert, Slot
from domain.typed import EMAIL_LIMIT, NAME_LIMIT, PHONE_LIMIT
from web.booking.alternatives import alternatives_for
from web.booking.tally import ClaimKind, tallied
from web.booking.views import BookingFormPage, is_of_terms
from web.experts.paths import paths_to_book
from web.http.answers import saying_when
from web.http.forms import Form, new_request_key, read_form
from web.http.outcomes import outcome_of
from web.http.visits import Visit, key_in_address

FIELDS = ("name", "email", "phone", "notes")
KEPT = (*FIELDS, "agree")
"""What stays as it was typed, or ticked, where the form is shown again."""

_LIMITS = {"name": NAME_LIMIT, "email": EMAIL_LIMIT, "phone": PHONE_LIMIT, "notes": NOTES_LIMIT}


async def form_page(
    visit: Visit, slot: Slot, *, values: Form, refusal: Refusal | None = None
) -> Template:
    """Show the booking form of a slot, with what was typed; if the slot is gone, with others.

    Raises:
        Refusal: EXPERT_UNKNOWN, if the slot's expert is not listed.
    """
    expert = await expert_to_book(visit, slot)
    view = await form_view(visit, slot, expert, values, refusal)
    page = visit.show("booking/book", "booking/_form", view, status=view.status)
    return saying_when(page, view.refusal)


async def expert_to_book(visit: Visit, slot: Slot) -> Expert:
    """Return the expert whose slot a form books.

    Raises:
        Refusal: EXPERT_UNKNOWN, if they are not listed.
    """
    expert = await catalogue.expert_to_show(visit.directory, slot.expert_id)
    if not expert.listed:
        raise Refusal(Code.EXPERT_UNKNOWN)
    return expert


def is_available(visit: Visit, slot: Slot) -> bool:
    """Say whether a visitor may book a slot: it is free, or held by them."""
    held = holds.is_held(slot, visit.session.visitor_id, visit.now)
    return held or slots.is_free(slot, visit.now)


async def form_view(
    visit: Visit, slot: Slot, expert: Expert, values: Form, refusal: Refusal | None
) -> BookingFormPage:
    """Gather what the form of a slot shows."""
    held = holds.is_held(slot, visit.session.visitor_id, visit.now)
    available = is_available(visit, slot)
    if not available and not (refusal and refusal.fields):  # errors in the form come first
        refusal = Refusal(Code.SLOT_TAKEN)
    is_changed = is_of_terms(refusal)
    newest = await catalogue.expert_of(visit.database, expert.id) if is_changed else expert
    return BookingFormPage(
        expert=expert,
        slot=slot,
        zone=visit.zone(expert.zone),
        paths=paths_to_book(expert),
        held=held,
        available=available,
        alternatives=None if available else await alternatives_for(visit, slot, expert),
        refusal=refusal,
        settings=visit.settings,
        agreed=newest.agreed(),
        quoted=read_quote(values.get("quote", "")) if is_changed else None,
        values={name: values.get(name, "") for name in KEPT},
        limits=_LIMITS,
        request_key=_key(values, refusal, available=available),
        asked=await texts_asked(visit),
    )


async def texts_asked(visit: Visit) -> list[TextVersion]:
    """Return the texts of the site that attendees agree to before they book."""
    return (await visit.services.site.newest()).asked


def _key(values: Form, refusal: Refusal | None, *, available: bool) -> str:
    """Return the form's own key, or a new one once that can't lead to a booking."""
    is_spent = not available or (refusal is not None and "request_key" in refusal.fields)
    return new_request_key() if is_spent else values.get("request_key") or new_request_key()


async def form_or_booking(
    visit: Visit, slot: Slot, *, values: Form | None = None, refusal: Refusal | None = None
) -> Response[Any] | Template:
    """Show the form of a slot, or lead to the booking that the viewer has made of it."""
    way = await way_to_own_booking(visit, slot)
    return way or await form_page(visit, slot, values=values or {}, refusal=refusal)


async def way_to_own_booking(visit: Visit, slot: Slot) -> Response[Any] | None:
    """Lead to the booking that the viewer has made of a slot; None where there is none."""
    if slot.booking_id is None:
        return None
    booking = await bookings.own(visit.database, slot.booking_id, await visit.viewer())
    return visit.go_to(f"/bookings/{booking.reference}") if booking else None


@get("/slots/{slot_id:str}/book", name="booking_form")
async def booking_form(
    visit: NamedDependency[Visit], slot_id: FromPath[str]
) -> Response[Any] | Template:
    """Show the form while the slot is free or held by this visitor."""
    slot = await holds.slot_to_claim(visit.database, key_in_address(slot_id))
    return await form_or_booking(visit, slot)


async def _book(visit: Visit, slot: Slot, form: Form) -> Booking | BookingRequest:
    asked = await texts_asked(visit)
    details = read_attendee(form, asks=bool(asked))
    expert = await catalogue.expert_to_show(visit.directory, slot.expert_id)
    sent = BookingForm(
        slot.id,
        await visit.viewer(),
        details.attendee(zone=visit.zone(expert.zone), language=visit.language),
        details.request_key,
        overlap="overlap" in form,
        quote=read_quote(form.get("quote", "")),
        agreement=Agreement(asked, read_versions(details.agree), visit.language),
        asker=await visit.asker(),
        known=Known(slot, expert),
    )
    return await book_or_ask(
        visit.database,
        sent,
        visit.settings.confirming,
        now=visit.now,
        hold_for=visit.settings.hold_for,
        counted_by=visit.network_holds,
    )


@post("/slots/{slot_id:str}/book", name="book")
async def book(visit: NamedDependency[Visit], slot_id: FromPath[str]) -> Response[Any] | Template:
    """Book the slot, have its address confirmed first, or show the form again as it was typed."""
    slot = await holds.slot_to_claim(visit.database, key_in_address(slot_id))
    form = await read_form(visit.request)
    outcome = await outcome_of(visit, tallied(ClaimKind.BOOK, _book(visit, slot, form)))
    if isinstance(outcome, Refusal):
        current = await holds.slot_to_claim(visit.database, slot.id)
        return await form_or_booking(visit, current, values=form, refusal=outcome)
    if isinstance(outcome, BookingRequest):
        visit.services.mailer.wake()
        return visit.go_to(f"/bookings/requests/{outcome.id}")
    return visit.go_to(f"/bookings/{outcome.reference}?new=1")
