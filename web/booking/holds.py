"""Holding a slot to book it: choose it, extend the hold, release it."""

from typing import Any

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.response import Template

from domain.booking import hold_deadlines, holds
from domain.discovery import catalogue
from domain.rules.errors import Code, Refusal
from domain.store.core.database import Key
from domain.store.documents import Slot
from web.booking.crowds import lost_page
from web.booking.form import (
    FIELDS,
    KEPT,
    form_or_booking,
    form_page,
    is_available,
    way_to_own_booking,
)
from web.booking.tally import ClaimKind, tallied
from web.http.alike import COMPRESSED, compressed
from web.http.forms import Form, read_form, rev_in, slot_key_in
from web.http.outcomes import outcome_of
from web.http.visits import Visit


async def _hold(visit: Visit, key: Key) -> Slot:
    return await holds.hold(
        visit.database,
        key,
        visit.session.visitor_id,
        now=visit.now,
        hold_for=visit.settings.hold_for,
        directory=visit.directory,
        counted_by=visit.network_holds,
    )


@post("/holds", name="hold", opt=COMPRESSED)
async def hold(visit: NamedDependency[Visit]) -> Response[Any]:
    """Hold a slot and go to its form, along with what was typed for a slot that was lost."""
    form = await read_form(visit.request)
    key = slot_key_in(form)
    outcome = await outcome_of(visit, tallied(ClaimKind.HOLD, _hold(visit, key)))
    typed = any(name in form for name in FIELDS)
    if isinstance(outcome, Refusal):
        return await _refused(visit, key, form if typed else {}, outcome)
    if typed:
        values = {name: form.get(name, "") for name in KEPT}
        page = await form_page(visit, outcome, values=values)
        page.headers["HX-Push-Url"] = page.headers["Content-Location"] = f"/slots/{key}/book"
        return compressed(visit, page)
    return visit.go_to(f"/slots/{key}/book")


async def _refused(visit: Visit, key: Key, typed: Form, refusal: Refusal) -> Response[Any]:
    slot = await holds.slot_to_claim(visit.database, key)
    if way := await way_to_own_booking(visit, slot):
        return way
    is_lost = refusal.code is Code.SLOT_TAKEN and not is_available(visit, slot)
    if is_lost and not typed:
        return await lost_page(visit, slot, refusal)
    return compressed(visit, await form_page(visit, slot, values=typed, refusal=refusal))


async def extended(visit: Visit, key: Key) -> Refusal | None:
    """Extend a visitor's hold; return why not."""
    outcome = await outcome_of(
        visit,
        hold_deadlines.extend(
            visit.database,
            key,
            visit.session.visitor_id,
            now=visit.now,
            hold_for=visit.settings.hold_for,
            counted_by=visit.network_holds,
        ),
    )
    return outcome if isinstance(outcome, Refusal) else None


async def resumed(visit: Visit, key: Key) -> Slot:
    """Resume a visitor's hold; return the slot as it is now."""
    return await hold_deadlines.resume(
        visit.database,
        key,
        visit.session.visitor_id,
        now=visit.now,
        hold_for=visit.settings.hold_for,
        counted_by=visit.network_holds,
    )


async def released(visit: Visit, key: Key) -> Slot:
    """Release a visitor's hold; return the slot as it is now."""
    return await holds.release(
        visit.database,
        key,
        visit.session.visitor_id,
        now=visit.now,
        counted_by=visit.network_holds,
    )


@post("/holds/extend", name="extend_hold")
async def extend(visit: NamedDependency[Visit]) -> Response[Any] | Template:
    """Extend a hold; the form comes back with what was typed."""
    form = await read_form(visit.request)
    key = slot_key_in(form)
    refusal = await extended(visit, key)
    slot = await holds.slot_to_claim(visit.database, key)
    return await form_or_booking(visit, slot, values=form, refusal=refusal)


@post("/holds/leave", name="leave_hold", status_code=204)
async def leave(visit: NamedDependency[Visit]) -> None:
    """Let a hold lapse soon: a page sends this as it is left, in case it doesn't come back."""
    form = await read_form(visit.request)
    await hold_deadlines.leave(
        visit.database,
        slot_key_in(form),
        visit.session.visitor_id,
        rev=rev_in(form),
        now=visit.now,
        leaving=visit.settings.leaving,
        counted_by=visit.network_holds,
    )


@post("/holds/resume", name="resume_hold")
async def resume(visit: NamedDependency[Visit]) -> Response[Any] | Template:
    """Resume the hold of a page that is open again, and say how the slot stands."""
    form = await read_form(visit.request)
    return await form_or_booking(visit, await resumed(visit, slot_key_in(form)))


@post("/holds/release", name="release_hold")
async def release(visit: NamedDependency[Visit]) -> Response[Any]:
    """Release a hold and go back to the expert's times."""
    form = await read_form(visit.request)
    slot = await released(visit, slot_key_in(form))
    expert = await catalogue.expert_to_show(visit.directory, slot.expert_id)
    return visit.go_to(f"/experts/{expert.slug}")
