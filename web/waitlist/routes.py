"""The waitlist: getting in line for a full day, and the page that its mails lead to."""

from datetime import date
from typing import Any
from urllib.parse import urlencode

from litestar import Response, Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Template

from domain import waitlist
from domain.booking.attendees import read_address
from domain.discovery import catalogue
from domain.rules import schedule
from domain.rules.errors import Code, Refusal
from domain.store.documents import Expert
from domain.store.documents.waitlist import WaitlistEntry
from domain.waitlist import EntryRequest, Line
from web.experts.picker import picker_of
from web.experts.views import RefusedEntry
from web.http.answers import saying_when
from web.http.forms import Form, read_form
from web.http.outcomes import outcome_of
from web.http.problems import REFUSALS
from web.http.visits import Visit
from web.i18n.zones import zone_info


def _line(visit: Visit, expert: Expert) -> Line:
    """Return the line of the day that the address names.

    Raises:
        Refusal: DAY_OVER, when it names no day that can come.
    """
    try:
        day = date.fromisoformat(visit.query("day"))
        starts_at, ends_at = schedule.span(day, zone_info(visit.zone(expert.zone)), 1)
    except (ValueError, OverflowError) as error:
        raise Refusal(Code.DAY_OVER) from error
    return Line(expert, starts_at, ends_at)


def _back(visit: Visit, expert: Expert) -> Response[Any]:
    shown = {"day": visit.query("day"), "zone": visit.zone(expert.zone)}
    if chosen := visit.query("lang"):
        shown["lang"] = chosen
    return visit.go_to(f"/experts/{expert.slug}?{urlencode(shown)}#waitlist")


async def _join(visit: Visit, expert: Expert, form: Form) -> None:
    person = EntryRequest(
        email=read_address(form),
        visitor_id=visit.session.visitor_id,
        asker=await visit.asker(),
        zone=visit.zone(expert.zone),
        language=visit.language,
    )
    await waitlist.join(visit.database, _line(visit, expert), person, now=visit.now)


@post("/experts/{slug:str}/waitlist", name="join_line")
async def join(visit: NamedDependency[Visit], slug: FromPath[str]) -> Response[Any] | Template:
    """Join the waitlist for a day; the answer does not tell who is on it already."""
    expert = await catalogue.expert_by_slug(visit.directory, slug)
    form = await read_form(visit.request)
    outcome = await outcome_of(visit, _join(visit, expert, form))
    if isinstance(outcome, Refusal):
        answer = REFUSALS[outcome.code]
        entry = RefusedEntry(answer, outcome.fields, form)
        picker = await picker_of(visit, expert, entry=entry)
        page = visit.show("experts/expert", view=picker, status=answer.status)
        return saying_when(page, outcome)
    return _back(visit, expert)


@post("/experts/{slug:str}/waitlist/leave", name="leave_line")
async def leave_line(visit: NamedDependency[Visit], slug: FromPath[str]) -> Response[Any]:
    """Leave the waitlist of a day in the browser that joined it."""
    expert = await catalogue.expert_by_slug(visit.directory, slug)
    visitor_id = visit.session.visitor_id
    await waitlist.leave_line(visit.database, _line(visit, expert), visitor_id, now=visit.now)
    return _back(visit, expert)


@get("/experts/{slug:str}/waitlist", name="line")
async def line_fragment(
    visit: NamedDependency[Visit], slug: FromPath[str]
) -> Response[Any] | Template:
    """Show how this browser stands in line, and what it is offered; on a page of its expert's.

    A browser that reloads the address of a refused join comes here, too, without asking for a part.
    """
    expert = await catalogue.expert_by_slug(visit.directory, slug)
    if not visit.fragment:
        return _back(visit, expert)
    return visit.show("waitlist/_turn", view=await picker_of(visit, expert))


async def _entry(visit: Visit, token: str) -> WaitlistEntry:
    key = visit.services.link_tokens.waitlist.read(token) or ""
    return await waitlist.find(visit.database, key, now=visit.now)


@get("/waitlist/{token:str}", name="waitlist_entry")
async def entry_page(visit: NamedDependency[Visit], token: FromPath[str]) -> Template:
    """Show a waitlist entry by the link in its mail; looking changes nothing."""
    entry = await _entry(visit, token)
    return visit.show(
        "waitlist/entry",
        token=token,
        entry=entry,
        offer=await waitlist.offered_slot(visit.database, entry, now=visit.now),
        expert=await catalogue.expert_to_show(visit.directory, entry.expert_id),
        zone=visit.zone(entry.zone),
    )


@post("/waitlist/{token:str}/confirm", name="confirm_entry")
async def confirm_entry(visit: NamedDependency[Visit], token: FromPath[str]) -> Response[Any]:
    """Confirm the address of an entry, which moves it ahead of those whose address is not."""
    await waitlist.prove(visit.database, await _entry(visit, token))
    return visit.go_to(f"/waitlist/{token}")


@post("/waitlist/{token:str}/take", name="take_offer")
async def take(visit: NamedDependency[Visit], token: FromPath[str]) -> Response[Any]:
    """Go on with what is offered, in this browser."""
    key = (await _entry(visit, token)).key
    slot = await waitlist.take(visit.database, key, visit.session.visitor_id, now=visit.now)
    return visit.go_to(f"/slots/{slot.id}/book")


@post("/waitlist/{token:str}/leave", name="leave_entry")
async def leave_entry(visit: NamedDependency[Visit], token: FromPath[str]) -> Response[Any]:
    """Give an entry up, and what it is offered."""
    entry = await _entry(visit, token)
    await waitlist.leave(visit.database, entry, now=visit.now)
    expert = await catalogue.expert_to_show(visit.directory, entry.expert_id)
    return visit.go_to(f"/experts/{expert.slug}")


router = Router(
    "/",
    route_handlers=[
        *(line_fragment, join, leave_line),
        *(entry_page, confirm_entry, take, leave_entry),
    ],
)
