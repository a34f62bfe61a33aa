"""Moving a booking: choose another time, see both, and confirm; the old one is kept until then."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Template

from domain import booking_changes, bookings, catalogue, moves
from domain.replacements import is_kept_for
from domain.rules import slots
from domain.rules.errors import Code, Refusal
from domain.rules.quotes import Quote, read_quote
from domain.store.core.database import Key
from domain.store.documents import Booking, Slot
from web.booking.alternatives import alternatives_for
from web.booking.overlaps import overlapping
from web.experts.picker import picker_of
from web.http.answers import REFUSALS, saying_when
from web.http.forms import Form, read_form, slot_key_in
from web.http.outcomes import outcome_of
from web.http.visits import Visit, key_in_address

_SHOWN = frozenset(
    {Code.SLOT_TAKEN, Code.BOOKING_OVERLAPS, Code.TERMS_CHANGED, Code.TOO_MANY_CHANGES}
)
"""Refusals that the page of the move shows."""


async def move_page(
    visit: Visit,
    booking: Booking,
    slot: Slot,
    *,
    refusal: Refusal | None = None,
    quoted: Quote | None = None,
) -> Template:
    """Show both times and ask whether to move; a time that is gone offers others.

    Where price or length would change, the page says so: `quoted` is what it has said before.
    """
    held = slots.is_held_by(slot, visit.session.visitor_id, visit.now)
    kept = is_kept_for(slot, booking)
    available = held or kept or slots.is_free(slot, visit.now)
    if not available:
        refusal = Refusal(Code.SLOT_TAKEN)
    expert = await catalogue.expert_to_show(visit.directory, slot.expert_id)
    agreed = await moves.agreed_at(visit.database, booking, slot)
    answer = REFUSALS[refusal.code] if refusal else None
    page = visit.show(
        "booking/move",
        "booking/_move",
        status=answer.status if answer else 200,
        expert=expert,
        booking=booking,
        agreed=agreed,
        before=booking.agreed.quote(slots.length_of(booking)),
        quote=agreed.quote(slots.length_of(slot)),
        quoted=quoted if refusal and refusal.code is Code.TERMS_CHANGED else None,
        slot=slot,
        zone=visit.zone(booking.attendee.zone),
        held=held,
        kept=kept,
        available=available,
        hold_for=visit.settings.hold_for,
        leaving=visit.settings.leaving,
        may_extend=slots.extended_deadline(slot, visit.settings.hold_for) is not None,
        left=None if booking.is_displaced else booking_changes.reschedules_left(booking),
        stays_bound=booking_changes.why_not_cancel(booking, visit.now) is Code.TOO_LATE_TO_CANCEL,
        alternatives=None if available else await alternatives_for(visit, slot, expert),
        answer=answer,
        errors={},
        overlapping=overlapping(refusal),
    )
    return saying_when(page, refusal)


async def move_or_booking(
    visit: Visit, booking: Booking, slot: Slot, *, refusal: Refusal | None = None
) -> Response[Any] | Template:
    """Ask whether to move to a slot, or lead to the booking that has been moved there."""
    if slot.id == booking.slot_id:
        return visit.go_to(f"/bookings/{booking.reference}")
    return await move_page(visit, booking, slot, refusal=refusal)


async def move_to_held(
    visit: Visit, booking: Booking, slot_id: Key, outcome: Slot | Refusal
) -> Response[Any] | Template:
    """Go on to the confirmation once a time was chosen; a time that was lost offers others."""
    if isinstance(outcome, Refusal):
        slot = await booking_changes.slot_for(visit.database, slot_id, booking)
        return await move_or_booking(visit, booking, slot, refusal=outcome)
    return visit.go_to(f"/bookings/{booking.reference}/reschedule?slot_id={slot_id}")


@get("/bookings/{reference:str}/reschedule", name="reschedule_page")
async def reschedule_page(
    visit: NamedDependency[Visit], reference: FromPath[str]
) -> Response[Any] | Template:
    """Show the expert's times to choose from, or the chosen one to confirm."""
    booking = await bookings.find(visit.database, reference, visit.viewer)
    chosen = visit.query("slot_id")
    if chosen:
        slot = await booking_changes.slot_for(visit.database, key_in_address(chosen), booking)
        if slot.id != booking.slot_id and not is_kept_for(slot, booking):
            booking_changes.refuse_unmovable(booking, now=visit.now)
        return await move_or_booking(visit, booking, slot)
    booking_changes.refuse_unmovable(booking, now=visit.now)
    expert = await catalogue.expert_to_show(visit.directory, booking.expert_id)
    return visit.show("booking/reschedule", **await picker_of(visit, expert, booking))


async def _reschedule(visit: Visit, reference: str, slot_id: Key, form: Form) -> Booking:
    return await booking_changes.reschedule(
        visit.database,
        reference,
        visit.viewer,
        slot_id,
        visit.session.visitor_id,
        now=visit.now,
        hold_for=visit.settings.hold_for,
        overlap="overlap" in form,
        quote=read_quote(form.get("quote", "")),
        asker=visit.asker,
    )


@post("/bookings/{reference:str}/reschedule", name="reschedule")
async def reschedule(
    visit: NamedDependency[Visit], reference: FromPath[str]
) -> Response[Any] | Template:
    """Move the booking, or say why not; the old time is kept then."""
    form = await read_form(visit.request)
    slot_id = slot_key_in(form)
    outcome = await outcome_of(visit, _reschedule(visit, reference, slot_id, form))
    if isinstance(outcome, Refusal):
        if outcome.code not in _SHOWN:
            raise outcome
        booking = await bookings.find(visit.database, reference, visit.viewer)
        slot = await booking_changes.slot_for(visit.database, slot_id, booking)
        quoted = read_quote(form.get("quote", ""))
        return await move_page(visit, booking, slot, refusal=outcome, quoted=quoted)
    visit.hold_limit.forget(visit.network, visit.session.visitor_id, slot_id)
    return visit.go_to(f"/bookings/{outcome.reference}?moved=1")
