"""Rescheduling a booking: choose another time, see both, and confirm."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Template

from domain.booking import (
    booking_terms,
    bookings,
    reschedule_agreements,
    reschedule_targets,
    rescheduling,
)
from domain.booking.replacements import is_kept_for
from domain.discovery import catalogue
from domain.rules.errors import Code, Refusal
from domain.rules.quotes import Quote, read_quote
from domain.rules.slots import is_held_by
from domain.store.core.database import Key
from domain.store.documents import Booking, Slot
from web.booking.alternatives import alternatives_of_expert
from web.booking.tally import ClaimKind, tallied
from web.booking.views import ReschedulePage, is_of_terms
from web.experts.paths import paths_to_reschedule
from web.experts.picker import picker_of
from web.http.answers import saying_when
from web.http.forms import Form, read_form, slot_key_in
from web.http.outcomes import outcome_of
from web.http.visits import Visit, key_in_address

_SHOWN = frozenset(
    {
        Code.SLOT_TAKEN,
        Code.HOLD_GONE,
        Code.HOLD_SPENT,
        Code.BOOKING_OVERLAPS,
        Code.TERMS_CHANGED,
        Code.TOO_MANY_HOLDS,
        Code.TOO_MANY_CHANGES,
    }
)
"""Refusals that the page with both times shows."""


async def _view(
    visit: Visit, booking: Booking, slot: Slot, refusal: Refusal | None, quoted: Quote | None
) -> ReschedulePage:
    expert = await catalogue.expert_to_show(visit.directory, slot.expert_id)
    available = reschedule_targets.can_take(booking, slot, visit.session.visitor_id, visit.now)
    return ReschedulePage(
        expert=expert,
        slot=slot,
        zone=visit.zone(booking.attendee.zone),
        paths=paths_to_reschedule(booking),
        held=is_held_by(slot, visit.session.visitor_id, visit.now),
        available=available,
        alternatives=None if available else await alternatives_of_expert(visit, slot, expert),
        refusal=refusal if available else Refusal(Code.SLOT_TAKEN),
        settings=visit.settings,
        booking=booking,
        agreed=await reschedule_agreements.agreed_at(visit.database, booking, slot),
        quoted=quoted if is_of_terms(refusal) else None,
        kept=is_kept_for(slot, booking),
        left=None if booking.is_displaced else booking_terms.reschedules_left(booking),
        stays_bound=booking_terms.why_not_cancel(booking, visit.now) is Code.TOO_LATE_TO_CANCEL,
    )


async def both_times(
    visit: Visit,
    booking: Booking,
    slot: Slot,
    refusal: Refusal | None = None,
    quoted: Quote | None = None,
) -> Response[Any] | Template:
    """Show both times to be confirmed, or lead to a booking that has the new one already.

    If price or length would change, the page says so; `quoted` is what it said before.

    Raises:
        Refusal: One that the page does not show.
    """
    if slot.id == booking.slot_id:
        return visit.go_to(f"/bookings/{booking.reference}")
    if refusal is not None and refusal.code not in _SHOWN:
        raise refusal
    view = await _view(visit, booking, slot, refusal, quoted)
    page = visit.show(
        "booking/confirm_reschedule", "booking/_confirm_reschedule", view, status=view.status
    )
    return saying_when(page, view.refusal)


async def answer_refused(
    visit: Visit,
    booking: Booking,
    slot_id: Key,
    refusal: Refusal,
    quoted: Quote | None = None,
) -> Response[Any] | Template:
    """Show why a booking was not moved: with both times, or on its page if the new one is gone.

    Raises:
        Refusal: One that no page shows.
    """
    if refusal.code is Code.OFFER_GONE:
        return visit.go_to(f"/bookings/{booking.reference}?gone=1")
    slot = await reschedule_targets.slot_for(visit.database, slot_id, booking)
    return await both_times(visit, booking, slot, refusal, quoted)


@get("/bookings/{reference:str}/reschedule", name="reschedule_page")
async def reschedule_page(
    visit: NamedDependency[Visit], reference: FromPath[str]
) -> Response[Any] | Template:
    """Show the expert's times to choose from, or the chosen one to confirm."""
    booking = await bookings.find(visit.database, reference, await visit.viewer())
    if chosen := visit.query("slot_id"):
        slot = await reschedule_targets.slot_for(visit.database, key_in_address(chosen), booking)
        if slot.id != booking.slot_id and not is_kept_for(slot, booking):
            rescheduling.refuse_unless_open(booking, now=visit.now)
        return await both_times(visit, booking, slot)
    rescheduling.refuse_unless_open(booking, now=visit.now)
    expert = await catalogue.expert_to_show(visit.directory, booking.expert_id)
    return visit.show("booking/reschedule", view=await picker_of(visit, expert, booking))


@get("/bookings/{reference:str}/slots", name="slots_to_reschedule")
async def slots_to_reschedule(visit: NamedDependency[Visit], reference: FromPath[str]) -> Template:
    """Show the times alone."""
    booking = await bookings.find(visit.database, reference, await visit.viewer())
    expert = await catalogue.expert_to_show(visit.directory, booking.expert_id)
    return visit.show("experts/_times_and_hold", view=await picker_of(visit, expert, booking))


async def _reschedule(visit: Visit, reference: str, slot_id: Key, form: Form) -> Booking:
    return await rescheduling.reschedule(
        visit.database,
        reference,
        await visit.viewer(),
        slot_id,
        visit.session.visitor_id,
        now=visit.now,
        hold_for=visit.settings.hold_for,
        overlap="overlap" in form,
        quote=read_quote(form.get("quote", "")),
        asker=await visit.asker(),
        counted_by=visit.network_holds,
    )


@post("/bookings/{reference:str}/reschedule", name="reschedule")
async def reschedule(
    visit: NamedDependency[Visit], reference: FromPath[str]
) -> Response[Any] | Template:
    """Reschedule the booking, or say why not; the old time is kept then."""
    form = await read_form(visit.request)
    slot_id = slot_key_in(form)
    outcome = await outcome_of(
        visit, tallied(ClaimKind.RESCHEDULE, _reschedule(visit, reference, slot_id, form))
    )
    if isinstance(outcome, Refusal):
        booking = await bookings.find(visit.database, reference, await visit.viewer())
        quoted = read_quote(form.get("quote", ""))
        return await answer_refused(visit, booking, slot_id, outcome, quoted)
    return visit.go_to(f"/bookings/{outcome.reference}?moved=1")
