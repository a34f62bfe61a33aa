"""All experts: looked up, and invited."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar
from urllib.parse import urlencode

from litestar import get, post
from litestar.di import NamedDependency
from litestar.response import Template

from domain.admin import invitations, invitees, roster
from domain.admin.invitees import LIST_LIMIT, BadLine, LinesRefused
from domain.admin.roster import RosterPage
from domain.desk.newcomers import Beginnings
from domain.desk.readiness import Lack
from domain.rules.errors import Refusal, Sentence
from domain.store.documents.profiles import ExpertStatus
from domain.typed import EMAIL_LIMIT, NAME_LIMIT
from web.admin.access import Administration
from web.http.forms import Form, number_in, read_form
from web.http.frames import Reply
from web.http.outcomes import outcome_of
from web.i18n.languages import marked as _

ADDRESS = "/admin/experts"

STATUSES: Mapping[ExpertStatus, str] = {
    ExpertStatus.PENDING: _("Waiting for approval"),
    ExpertStatus.INVITED: _("Invited"),
    ExpertStatus.LISTED: _("Listed"),
    ExpertStatus.PAUSED: _("Paused"),
}
LACKS: Mapping[Lack, str] = {
    Lack.HEADLINE: _("headline"),
    Lack.BIO: _("text about them"),
    Lack.SKILLS: _("skills"),
    Lack.PRICE: _("price"),
    Lack.TIMES: _("hours with a time to come"),
}
_EMPTY = {"name": "", "email": "", "people": "", "category": ""}
_OUTCOMES: Mapping[str, str] = {
    "invited": _("The invitations are on their way."),
    "removed": _("The expert is removed."),
}


@dataclass(frozen=True)
class ExpertsPage:
    """What the page shows."""

    roster: RosterPage
    q: str
    status: str
    done: str
    values: Form
    errors: Mapping[str, Sentence]
    lines: Sequence[BadLine]
    """What can't be used of a list."""
    categories: Sequence[tuple[str, str]]
    statuses: ClassVar = STATUSES
    lack_words: ClassVar = LACKS
    outcomes: ClassVar = _OUTCOMES
    limits: ClassVar = {"name": NAME_LIMIT, "email": EMAIL_LIMIT, "people": LIST_LIMIT}

    def address_of(self, page: int) -> str:
        """Return where another page of the same search is."""
        query = {"q": self.q, "status": self.status, "page": page}
        return f"{ADDRESS}?{urlencode({name: value for name, value in query.items() if value})}"


async def _show(
    admin: Administration, form: Form | None = None, refusal: Refusal | None = None
) -> Template:
    """Show the experts, and what was typed to invite some, with why it was refused."""
    visit, form = admin.visit, form or {}
    q, status = visit.query("q"), visit.query("status")
    known = ExpertStatus(status) if status in STATUSES else None
    found = await roster.look(
        visit.database, q, known, number_in(visit.query("page")), now=visit.now
    )
    page = ExpertsPage(
        roster=found,
        q=q,
        status=known or "",
        done=visit.query("done"),
        values={name: form.get(name, empty) for name, empty in _EMPTY.items()},
        errors=refusal.fields if refusal else {},
        lines=refusal.lines if isinstance(refusal, LinesRefused) else (),
        categories=visit.field_names,
    )
    return admin.show("experts", "_roster", page, refusal=refusal)


@get(ADDRESS, name="admin_experts")
async def experts_page(admin: NamedDependency[Administration]) -> Template:
    """List experts, those who wait for approval first."""
    return await _show(admin)


async def _invite(admin: Administration, form: Form) -> int:
    people = (
        invitees.read_people(form["people"]) if "people" in form else [invitees.read_person(form)]
    )
    visit = admin.visit
    return await invitations.invite(
        visit.database,
        people,
        invitees.read_category(form, fields=visit.site.field_keys),
        Beginnings(visit.zone(), visit.language),
        by=admin.by,
        now=visit.now,
    )


@post(ADDRESS, name="invite")
async def invite(admin: NamedDependency[Administration]) -> Reply:
    """Invite one person, or a list of them; if one can't be, nobody is."""
    form = await read_form(admin.visit.request)
    outcome = await outcome_of(admin.visit, _invite(admin, form))
    if isinstance(outcome, Refusal):
        return await _show(admin, form, outcome)
    admin.visit.services.mailer.wake()
    return admin.visit.go_to(f"{ADDRESS}?status={ExpertStatus.INVITED}&done=invited")


EXPERTS = (experts_page, invite)
