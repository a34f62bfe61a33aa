"""Choosing a time, keeping it longer, giving it up."""

from typing import Any

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.response import Template

from domain import catalogue, holds
from domain.errors import Code, Refusal
from domain.store.database import Key, read_key
from domain.store.documents import Slot
from web.forms import Form, read_form
from web.handlers.booking_form import FIELDS, form_page
from web.outcomes import outcome_of
from web.visits import Visit


def _slot_key(form: Form) -> Key:
    key = read_key(form.get("slot_id", ""))
    if key is None:
        raise Refusal(Code.SLOT_UNKNOWN)
    return key


async def _hold(visit: Visit, key: Key) -> Slot:
    visitor_id = visit.session.visitor_id
    visit.hold_limit.check(visit.ip, visitor_id, visit.now)
    slot = await holds.hold(
        visit.database, key, visitor_id, now=visit.now, hold_for=visit.settings.hold_for
    )
    visit.hold_limit.note(visit.ip, visitor_id, slot.held_until)
    return slot


@post("/holds", name="hold")
async def hold(visit: NamedDependency[Visit]) -> Response[Any] | Template:
    """Hold a time and go to its form; what was typed for a lost time comes along."""
    form = await read_form(visit.request)
    key = _slot_key(form)
    outcome = await outcome_of(_hold(visit, key))
    typed = any(name in form for name in FIELDS)
    if isinstance(outcome, Refusal):
        slot = await holds.slot_to_claim(visit.database, key)
        return await form_page(visit, slot, values=form, refusal=outcome)
    if typed:
        values = {name: form.get(name, "") for name in FIELDS}
        page = await form_page(visit, outcome, values=values)
        page.headers["HX-Push-Url"] = page.headers["Content-Location"] = f"/slots/{key}/book"
        return page
    return visit.go_to(f"/slots/{key}/book")


@post("/holds/extend", name="extend_hold")
async def extend(visit: NamedDependency[Visit]) -> Response[Any] | Template:
    """Keep a hold longer; the form comes back with what was typed."""
    form = await read_form(visit.request)
    key = _slot_key(form)
    outcome = await outcome_of(
        holds.extend(
            visit.database,
            key,
            visit.session.visitor_id,
            now=visit.now,
            hold_for=visit.settings.hold_for,
        )
    )
    if isinstance(outcome, Refusal):
        slot = await holds.slot_to_claim(visit.database, key)
        return await form_page(visit, slot, values=form, refusal=outcome)
    visit.hold_limit.note(visit.ip, visit.session.visitor_id, outcome.held_until)
    return await form_page(visit, outcome, values=form)


@post("/holds/release", name="release_hold")
async def release(visit: NamedDependency[Visit]) -> Response[Any]:
    """Give a time up and go back to the expert's times."""
    form = await read_form(visit.request)
    slot = await holds.release(
        visit.database, _slot_key(form), visit.session.visitor_id, now=visit.now
    )
    visit.hold_limit.forget(visit.ip, visit.session.visitor_id)
    expert = await catalogue.expert_of(visit.database, slot.expert_id)
    return visit.go_to(f"/experts/{expert.slug}")
