"""Choosing a time, keeping it longer, giving it up."""

from typing import Any

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.response import Template

from domain import booking_changes, bookings, catalogue, holds
from domain.rules import slots
from domain.rules.errors import Refusal
from domain.store.core.database import Key
from domain.store.documents import Booking, Slot
from web.booking.form import FIELDS, form_or_booking, form_page
from web.booking.reschedule import move_or_booking, move_to_held
from web.http.forms import Form, read_form, rev_in, slot_key_in
from web.http.outcomes import outcome_of
from web.http.visits import Visit


async def _hold(visit: Visit, key: Key, *, moves: bool) -> Slot:
    visitor_id = visit.session.visitor_id
    visit.hold_limit.check(visit.network, visitor_id, visit.now)
    slot = await holds.hold(
        visit.database,
        key,
        visitor_id,
        now=visit.now,
        hold_for=visit.settings.hold_for,
        moves=moves,
    )
    visit.hold_limit.note(visit.network, visitor_id, slot.id, slot.held_until)
    return slot


async def _booking_to_move(visit: Visit, form: Form, key: Key) -> Booking | None:
    """Return the booking that is to move to a slot, where a form names one.

    Raises:
        Refusal: BOOKING_UNKNOWN; SLOT_UNKNOWN, when the slot is another expert's.
    """
    if "booking" not in form:
        return None
    booking = await bookings.find(visit.database, form["booking"], visit.viewer)
    await booking_changes.slot_for(visit.database, key, booking)
    return booking


@post("/holds", name="hold")
async def hold(visit: NamedDependency[Visit]) -> Response[Any] | Template:
    """Hold a time and go to its form; what was typed for a lost time comes along."""
    form = await read_form(visit.request)
    key = slot_key_in(form)
    booking = await _booking_to_move(visit, form, key)
    if booking is not None:
        booking_changes.refuse_unmovable(booking, now=visit.now)
    outcome = await outcome_of(visit, _hold(visit, key, moves=booking is not None))
    if booking is not None:
        return await move_to_held(visit, booking, key, outcome)
    if isinstance(outcome, Refusal):
        slot = await holds.slot_to_claim(visit.database, key)
        return await form_or_booking(visit, slot, values=form, refusal=outcome)
    if any(name in form for name in FIELDS):
        values = {name: form.get(name, "") for name in FIELDS}
        page = await form_page(visit, outcome, values=values)
        page.headers["HX-Push-Url"] = page.headers["Content-Location"] = f"/slots/{key}/book"
        return page
    return visit.go_to(f"/slots/{key}/book")


@post("/holds/extend", name="extend_hold")
async def extend(visit: NamedDependency[Visit]) -> Response[Any] | Template:
    """Keep a hold longer; the form comes back with what was typed."""
    form = await read_form(visit.request)
    key = slot_key_in(form)
    booking = await _booking_to_move(visit, form, key)
    outcome = await outcome_of(
        visit,
        holds.extend(
            visit.database,
            key,
            visit.session.visitor_id,
            now=visit.now,
            hold_for=visit.settings.hold_for,
        ),
    )
    if not isinstance(outcome, Refusal):
        visit.hold_limit.note(visit.network, visit.session.visitor_id, key, outcome.held_until)
    refusal = outcome if isinstance(outcome, Refusal) else None
    slot = await holds.slot_to_claim(visit.database, key)
    if booking is not None:
        return await move_or_booking(visit, booking, slot, refusal=refusal)
    return await form_or_booking(visit, slot, values=form, refusal=refusal)


@post("/holds/leave", name="leave_hold", status_code=204)
async def leave(visit: NamedDependency[Visit]) -> None:
    """Let a hold lapse in a moment: what a page sends as it is left, in case it is not back."""
    form = await read_form(visit.request)
    key, visitor_id = slot_key_in(form), visit.session.visitor_id
    leaving = visit.settings.leaving
    if await holds.leave(
        visit.database, key, visitor_id, rev=rev_in(form), now=visit.now, leaving=leaving
    ):
        visit.hold_limit.forget(visit.network, visitor_id, key)


@post("/holds/resume", name="resume_hold")
async def resume(visit: NamedDependency[Visit]) -> Response[Any] | Template:
    """Keep a hold whose page is open again, and say how the time stands."""
    form = await read_form(visit.request)
    key, visitor_id = slot_key_in(form), visit.session.visitor_id
    booking = await _booking_to_move(visit, form, key)
    slot = await holds.resume(
        visit.database, key, visitor_id, now=visit.now, hold_for=visit.settings.hold_for
    )
    if slots.is_held_by(slot, visitor_id, visit.now):
        visit.hold_limit.note(visit.network, visitor_id, key, slot.held_until)
    if booking is not None:
        return await move_or_booking(visit, booking, slot)
    return await form_or_booking(visit, slot)


@post("/holds/release", name="release_hold")
async def release(visit: NamedDependency[Visit]) -> Response[Any]:
    """Give a time up and go back to the expert's times."""
    form = await read_form(visit.request)
    key = slot_key_in(form)
    booking = await _booking_to_move(visit, form, key)
    slot = await holds.release(visit.database, key, visit.session.visitor_id, now=visit.now)
    visit.hold_limit.forget(visit.network, visit.session.visitor_id, key)
    if booking is not None:
        return visit.go_to(f"/bookings/{booking.reference}/reschedule")
    expert = await catalogue.expert_to_show(visit.directory, slot.expert_id)
    return visit.go_to(f"/experts/{expert.slug}")
