"""Hours: the forms for weeks, dates, holidays and limits, each previewed or saved."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Template

from domain.desk.publishing import Published
from domain.desk.working_hours import changes, holidays, saving
from domain.desk.working_hours.changes import Change
from domain.desk.working_hours.forms import ExceptionForm, HolidaysForm, LimitsForm, RuleForm
from domain.desk.working_hours.saving import Preview
from domain.rules.errors import Code
from domain.store.experts import reading as experts
from domain.store.experts.diaries import today_of
from web.desk.access import Desk
from web.desk.hours_page import ADDRESS, show_hours
from web.desk.hours_values import Typed
from web.http.forms import Form, number_in, read_form
from web.http.frames import Reply
from web.http.outcomes import outcome_of

FORMS = ("rules", "exceptions", "holidays", "limits")
_COUNTS = ("added", "changed", "withdrawn")


@get(ADDRESS, name="hours")
async def hours_page(desk: NamedDependency[Desk]) -> Template:
    """Show an expert's hours, and what was just done to their times."""
    counts = {name: number_in(desk.visit.query(name)) for name in _COUNTS}
    done = Published(**counts) if desk.visit.query(_COUNTS[0]) else None
    return await show_hours(desk, done=done)


@get([f"{ADDRESS}/{form}" for form in FORMS], name="back_to_hours")
async def back_to_hours(desk: NamedDependency[Desk]) -> Response[Any]:
    """Lead from a form's address to the page: the answer to a form may be asked for again."""
    return desk.visit.go_to(ADDRESS)


async def _answer(desk: Desk, name: str, read: Callable[[Form], Change]) -> Reply:
    """Preview what a form would change, or save it; show what needs correcting."""
    typed = Typed(name, desk.visit.request.url.path, await read_form(desk.visit.request))
    outcome = await outcome_of(desk.visit, _outcome(desk, typed.sent, read))
    if isinstance(outcome, Preview):
        return await show_hours(desk, typed=typed, preview=outcome)
    if isinstance(outcome, Published):
        return await _done(desk, outcome)
    if outcome.code is not Code.FORM_INVALID:
        raise outcome
    return await show_hours(desk, typed=typed, refusal=outcome)


async def _outcome(desk: Desk, form: Form, read: Callable[[Form], Change]) -> Preview | Published:
    visit, change = desk.visit, read(form)
    if "preview" in form:
        return await saving.preview(visit.database, desk.expert, change, now=visit.now)
    return await saving.save(visit.database, desk.expert.id, change, by=desk.by, now=visit.now)


async def _done(desk: Desk, done: Published) -> Reply:
    """Say what was done: on the page itself where HTMX asked for a part of it."""
    if not desk.visit.fragment:
        counts = (done.new, done.changed, done.withdrawn)
        said = urlencode(dict(zip(_COUNTS, counts, strict=True)))
        return desk.visit.go_to(f"{ADDRESS}?{said}")
    saved = await experts.find(desk.visit.database, desk.expert.id)
    return await show_hours(replace(desk, expert=saved or desk.expert), done=done)


@post("/desk/hours/rules", name="add_hours")
async def add_rule(desk: NamedDependency[Desk]) -> Reply:
    """Add weekly hours."""
    return await _answer(desk, "rule", lambda form: changes.add_rule(RuleForm.read(form)))


@post("/desk/hours/rules/{key:str}/remove", name="remove_hours")
async def remove_rule(desk: NamedDependency[Desk], key: FromPath[str]) -> Reply:
    """Remove weekly hours."""
    return await _answer(desk, "remove", lambda _: changes.remove_rule(key))


@post("/desk/hours/exceptions", name="add_exception")
async def add_exception(desk: NamedDependency[Desk]) -> Reply:
    """Add an exception for certain dates."""
    return await _answer(
        desk, "exception", lambda form: changes.add_exception(ExceptionForm.read(form))
    )


@post("/desk/hours/exceptions/{key:str}/remove", name="remove_exception")
async def remove_exception(desk: NamedDependency[Desk], key: FromPath[str]) -> Reply:
    """Remove an exception."""
    return await _answer(desk, "remove", lambda _: changes.remove_exception(key))


@post("/desk/hours/holidays", name="keep_holidays")
async def keep_holidays(desk: NamedDependency[Desk]) -> Reply:
    """Close on the public holidays of a country and region."""
    today = today_of(desk.expert, desk.visit.now)
    return await _answer(
        desk,
        "holidays",
        lambda form: holidays.keep_holidays(HolidaysForm.read(form), today),
    )


@post("/desk/hours/holidays/{on:str}/open", name="open_holiday")
async def open_holiday(desk: NamedDependency[Desk], on: FromPath[str]) -> Reply:
    """Work on a public holiday all the same."""
    today = today_of(desk.expert, desk.visit.now)
    return await _answer(desk, "open", lambda _: holidays.open_holiday(on, today))


@post("/desk/hours/holidays/{on:str}/close", name="close_holiday")
async def close_holiday(desk: NamedDependency[Desk], on: FromPath[str]) -> Reply:
    """Be closed on a public holiday again."""
    today = today_of(desk.expert, desk.visit.now)
    return await _answer(desk, "close", lambda _: holidays.close_holiday(on, today))


@post("/desk/hours/limits", name="limit_hours")
async def limit(desk: NamedDependency[Desk]) -> Reply:
    """Change sessions, their price, what lies between them, and the terms."""
    currency = desk.expert.currency
    return await _answer(
        desk,
        "limits",
        lambda form: changes.limit(LimitsForm.read(form, currency=currency)),
    )


HOURS = (
    hours_page,
    back_to_hours,
    add_rule,
    remove_rule,
    add_exception,
    remove_exception,
    keep_holidays,
    open_holiday,
    close_holiday,
    limit,
)
