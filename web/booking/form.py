"""The form that turns a time into a booking: shown, sent, and shown again when refused."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Template

from domain import bookings, catalogue, holds
from domain.attendees import NOTES_LIMIT, PHONE_LIMIT, read_attendee
from domain.rules import slots, terms
from domain.rules.errors import Code, Refusal
from domain.rules.quotes import read_quote
from domain.store.documents import Booking, Expert, Slot
from domain.typed import EMAIL_LIMIT, NAME_LIMIT
from web.booking.alternatives import alternatives_for
from web.booking.overlaps import overlapping
from web.http.answers import REFUSALS, saying_when
from web.http.forms import Form, new_request_key, read_form
from web.http.outcomes import outcome_of
from web.http.visits import Visit, key_in_address

FIELDS = ("name", "email", "phone", "notes")

_LIMITS = {"name": NAME_LIMIT, "email": EMAIL_LIMIT, "phone": PHONE_LIMIT, "notes": NOTES_LIMIT}


async def form_page(
    visit: Visit, slot: Slot, *, values: Form, refusal: Refusal | None = None, status: int = 200
) -> Template:
    """Show the booking form of a slot, with what was typed; a slot that is gone offers others.

    Raises:
        Refusal: EXPERT_UNKNOWN, when the slot's expert is not listed.
    """
    held = slots.is_held_by(slot, visit.session.visitor_id, visit.now)
    available = held or slots.is_free(slot, visit.now)
    if not available and not (refusal and refusal.fields):  # what was typed wrongly is told first
        refusal = Refusal(Code.SLOT_TAKEN)
    expert = await catalogue.expert_to_show(visit.directory, slot.expert_id)
    if not expert.listed:
        raise Refusal(Code.EXPERT_UNKNOWN)
    agreed = (await _newest(visit, expert, refusal)).agreed()
    fresh_key = not available or (refusal is not None and "request_key" in refusal.fields)
    page = visit.show(
        "booking/book",
        "booking/_form",
        status=REFUSALS[refusal.code].status if refusal else status,
        expert=expert,
        agreed=agreed,
        quote=agreed.quote(slots.length_of(slot)),
        quoted=read_quote(values.get("quote", "")) if _is_of_terms(refusal) else None,
        slot=slot,
        zone=visit.zone(expert.zone),
        held=held,
        available=available,
        hold_for=visit.settings.hold_for,
        leaving=visit.settings.leaving,
        cancel_until=terms.cancel_until(expert.terms, slot.starts_at),
        may_extend=slots.extended_deadline(slot, visit.settings.hold_for) is not None,
        booking=None,
        alternatives=None if available else await alternatives_for(visit, slot, expert),
        refusal=refusal,
        answer=REFUSALS[refusal.code] if refusal else None,
        errors=refusal.fields if refusal else {},
        overlapping=overlapping(refusal),
        values={name: values.get(name, "") for name in FIELDS},
        request_key=new_request_key() if fresh_key else _key(values),
        limits=_LIMITS,
    )
    return saying_when(page, refusal)


async def _newest(visit: Visit, expert: Expert, refusal: Refusal | None) -> Expert:
    """Return the expert as the database has them, where memory has just shown to be behind."""
    if _is_of_terms(refusal):
        return await catalogue.expert_of(visit.database, expert.id)
    return expert


def _is_of_terms(refusal: Refusal | None) -> bool:
    return refusal is not None and refusal.code is Code.TERMS_CHANGED


def _key(values: Form) -> str:
    return values.get("request_key") or new_request_key()


async def _own_booking(visit: Visit, slot: Slot) -> Booking | None:
    """Return the viewer's own booking of a slot: who books is never told somebody else did."""
    if slot.booking_id is None:
        return None
    return await bookings.own(visit.database, slot.booking_id, visit.viewer)


async def form_or_booking(
    visit: Visit, slot: Slot, *, values: Form | None = None, refusal: Refusal | None = None
) -> Response[Any] | Template:
    """Show the form of a slot, or lead to the booking that the viewer has made of it."""
    booking = await _own_booking(visit, slot)
    if booking is not None:
        return visit.go_to(f"/bookings/{booking.reference}")
    return await form_page(visit, slot, values=values or {}, refusal=refusal)


@get("/slots/{slot_id:str}/book", name="booking_form")
async def booking_form(
    visit: NamedDependency[Visit], slot_id: FromPath[str]
) -> Response[Any] | Template:
    """Show the form while the slot is free or held by this visitor."""
    slot = await holds.slot_to_claim(visit.database, key_in_address(slot_id))
    return await form_or_booking(visit, slot)


@get("/slots/{slot_id:str}/alternatives", name="alternatives")
async def alternatives_fragment(visit: NamedDependency[Visit], slot_id: FromPath[str]) -> Template:
    """Show what to take in place of a slot; nothing where it is free after all."""
    slot = await holds.slot_to_claim(visit.database, key_in_address(slot_id))
    expert = await catalogue.expert_to_show(visit.directory, slot.expert_id)
    gone = not slots.is_free(slot, visit.now)
    moving = visit.query("booking")
    return visit.show(
        "booking/_gone",
        expert=expert,
        slot=slot if gone else None,
        zone=visit.zone(expert.zone),
        booking={"reference": moving} if moving else None,
        alternatives=await alternatives_for(visit, slot, expert) if gone else None,
    )


async def _book(visit: Visit, slot: Slot, form: Form) -> Booking:
    details = read_attendee(form)
    expert = await catalogue.expert_to_show(visit.directory, slot.expert_id)
    return await bookings.book(
        visit.database,
        slot.id,
        visit.session.visitor_id,
        details.attendee(zone=visit.zone(expert.zone), language=visit.language),
        request_key=details.request_key,
        now=visit.now,
        hold_for=visit.settings.hold_for,
        viewer=None if "overlap" in form else visit.viewer,
        quote=read_quote(form.get("quote", "")),
        asker=visit.asker,
    )


@post("/slots/{slot_id:str}/book", name="book")
async def book(visit: NamedDependency[Visit], slot_id: FromPath[str]) -> Response[Any] | Template:
    """Book the slot, or show the form again with what was typed."""
    slot = await holds.slot_to_claim(visit.database, key_in_address(slot_id))
    form = await read_form(visit.request)
    outcome = await outcome_of(visit, _book(visit, slot, form))
    if isinstance(outcome, Refusal):
        current = await holds.slot_to_claim(visit.database, slot.id)
        return await form_or_booking(visit, current, values=form, refusal=outcome)
    visit.hold_limit.forget(visit.network, visit.session.visitor_id, slot.id)
    return visit.go_to(f"/bookings/{outcome.reference}?new=1")
