"""One expert, as administrators see to them: approved, paused, handed over or removed."""

from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Template

from domain.admin import listing, removal, roster
from domain.desk.absences import declaring
from domain.desk.absences.forms import read_days
from domain.desk.readiness import Lack, lacks_of
from domain.desk.remarks import MESSAGE_LIMIT, read_message
from domain.rules.absences import DEFAULT_OFFER_HOURS
from domain.rules.errors import Refusal, Sentence
from domain.store.documents import Booking, Expert
from domain.store.experts.diaries import today_of
from web.admin.access import Administration
from web.admin.experts import ADDRESS, LACKS, STATUSES
from web.http.forms import Form, read_form
from web.http.frames import Reply
from web.http.outcomes import outcome_of
from web.i18n.formats import local_day
from web.i18n.languages import marked as _

_ONE = ADDRESS + "/{slug:str}"

_OUTCOMES: Mapping[str, str] = {
    "approved": _("The expert is listed, and is told so by e-mail."),
    "paused": _("Nobody can find or book this expert any more."),
    "absent": _("Attendees are asked, and get an e-mail with other times."),
}


@dataclass(frozen=True)
class ExpertFile:
    """What an expert's page in the administration shows."""

    expert: Expert
    lacks: Sequence[Lack]
    sessions: Sequence[Booking]
    """Those under way and to come."""
    zone: str
    done: str
    values: Form
    errors: Mapping[str, Sentence]
    statuses: ClassVar = STATUSES
    lack_words: ClassVar = LACKS
    outcomes: ClassVar = _OUTCOMES
    limits: ClassVar = {"message": MESSAGE_LIMIT}


async def _file(
    admin: Administration, expert: Expert, form: Form | None = None, refusal: Refusal | None = None
) -> ExpertFile:
    visit = admin.visit
    sessions = await roster.sessions_of(visit.database, expert, now=visit.now)
    last = local_day(sessions[-1].starts_at, expert.zone).isoformat() if sessions else ""
    given = form or {}
    return ExpertFile(
        expert=expert,
        lacks=lacks_of(expert, now=visit.now),
        sessions=sessions,
        zone=expert.zone,
        done=visit.query("done"),
        values={"last": given.get("last", last), "message": given.get("message", "")},
        errors=refusal.fields if refusal else {},
    )


async def _find(admin: Administration, slug: str) -> Expert:
    return await roster.find(admin.visit.database, slug)


@get(_ONE, name="admin_expert")
async def expert_page(admin: NamedDependency[Administration], slug: FromPath[str]) -> Template:
    """Show an expert's status, what their page lacks, and their sessions to come."""
    return admin.show("expert", view=await _file(admin, await _find(admin, slug)))


async def _answer(
    admin: Administration, expert: Expert, form: Form, act: Awaitable[object], done: str
) -> Reply:
    """Await an act, and show the expert's page: with what has come of it, or why it was refused."""
    outcome = await outcome_of(admin.visit, act)
    if isinstance(outcome, Refusal):
        page = await _file(admin, expert, form, outcome)
        return admin.show("expert", view=page, refusal=outcome)
    admin.visit.services.mailer.wake()
    return admin.visit.go_to(f"{ADDRESS}/{expert.slug}?done={done}")


@post(_ONE + "/approve", name="approve")
async def approve(admin: NamedDependency[Administration], slug: FromPath[str]) -> Reply:
    """List an expert; with `anyway` also one whose page lacks something."""
    visit, expert = admin.visit, await _find(admin, slug)
    anyway = (await read_form(visit.request)).get("anyway") == "yes"
    act = listing.approve(visit.database, slug, by=admin.by, now=visit.now, anyway=anyway)
    return await _answer(admin, expert, {}, act, "approved")


@post(_ONE + "/pause", name="pause")
async def pause(admin: NamedDependency[Administration], slug: FromPath[str]) -> Reply:
    """List an expert no longer. What is booked still takes place."""
    visit, expert = admin.visit, await _find(admin, slug)
    act = listing.pause(visit.database, slug, by=admin.by, now=visit.now)
    return await _answer(admin, expert, {}, act, "paused")


async def _declare(admin: Administration, expert: Expert, form: Form) -> None:
    visit = admin.visit
    days = read_days(
        {
            "first": today_of(expert, visit.now).isoformat(),
            "last": form.get("last", ""),
            "message": form.get("message", ""),
            "offer_hours": str(DEFAULT_OFFER_HOURS),
        }
    )
    await declaring.declare(visit.database, expert, days, by=admin.by, now=visit.now)


@post(_ONE + "/absence", name="hand_over")
async def hand_over(admin: NamedDependency[Administration], slug: FromPath[str]) -> Reply:
    """Hand all sessions from today on to an absence, which asks their attendees."""
    expert, form = await _find(admin, slug), await read_form(admin.visit.request)
    return await _answer(admin, expert, form, _declare(admin, expert, form), "absent")


@get(_ONE + "/remove", name="admin_removal")
async def removal_page(admin: NamedDependency[Administration], slug: FromPath[str]) -> Template:
    """Show what removing an expert does, and ask for it once more."""
    return admin.show("remove", view=await _file(admin, await _find(admin, slug)))


async def _remove(admin: Administration, expert: Expert, form: Form) -> None:
    visit, message = admin.visit, read_message(form)
    await removal.remove(visit.database, expert, message=message, by=admin.by, now=visit.now)


@post(_ONE + "/remove", name="remove_expert")
async def remove(admin: NamedDependency[Administration], slug: FromPath[str]) -> Reply:
    """Remove an expert for good."""
    visit, expert = admin.visit, await _find(admin, slug)
    form = await read_form(visit.request)
    outcome = await outcome_of(visit, _remove(admin, expert, form))
    if isinstance(outcome, Refusal):
        page = await _file(admin, expert, form, outcome)
        return admin.show("remove", view=page, refusal=outcome)
    visit.services.mailer.wake()
    return visit.go_to(f"{ADDRESS}?done=removed")


EXPERT = (expert_page, approve, pause, hand_over, removal_page, remove)
