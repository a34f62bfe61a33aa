"""Who is at the desk: handlers ask for a `Desk`, and get none unless its expert is signed in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from litestar import HttpMethod, Response
from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from litestar.response import Template

from domain import desks
from domain.rules.errors import Code, Refusal
from domain.store.documents import Expert
from web.desk.steps import steps_of
from web.http.answers import saying_when
from web.http.forms import read_field
from web.http.problems import REFUSALS
from web.http.visits import Visit
from web.i18n.languages import marked as _

COOKIE = "desk"
"""Which of several desks a browser has in front: a slug. It opens nothing by itself."""

PAGES: Mapping[str, str] = {
    "/desk": _("Agenda"),
    "/desk/hours": _("Hours"),
    "/desk/absences": _("Absences"),
    "/desk/profile": _("Profile"),
    "/desk/why": _("Why is it missing?"),
}
"""The pages that the frame of the desk leads to, by their addresses."""

Reply = Response[Any] | Template
"""What a form of the desk is answered with: the way on, or its page with what needs mending."""


@dataclass(frozen=True)
class Desk:
    """An expert at their desk, as of one request."""

    visit: Visit
    expert: Expert
    experts: Sequence[Expert]
    """All whose desks are open to this browser, this one included."""

    def show(
        self,
        page: str,
        fragment: str | None = None,
        view: object = None,
        *,
        status: int = 200,
        refusal: Refusal | None = None,
        **context: object,
    ) -> Template:
        """Render a page in the desk's frame, or its fragment where HTMX asks for one.

        Each public attribute of a view is a name in the template.

        A refusal sets the status, and the page gets its words as `answer`. A zone in the address
        counts for that page alone: elsewhere it is the visitor's.
        """
        answer = REFUSALS[refusal.code] if refusal else None
        shown = self.visit.show(
            f"desk/{page}",
            f"desk/{fragment}" if fragment else None,
            view,
            status=answer.status if answer else status,
            chosen_zone=False,
            answer=answer,
            expert=self.expert,
            experts=self.experts,
            pages=PAGES,
            steps=steps_of(self.expert, self.visit.now),
            oob=self.visit.fragment,
            **context,
        )
        return saying_when(shown, refusal)

    def bring_forward(self, slug: str, path: str) -> Response[Any]:
        """Switch the browser to another of its desks."""
        expert = _named(self.experts, slug)
        if expert is None:
            raise Refusal(Code.EXPERT_UNKNOWN)
        answer = self.visit.go_to(path)
        answer.set_cookie(
            Cookie(
                key=COOKIE,
                value=expert.slug,
                path="/desk",
                secure=self.visit.settings.is_secure,
                httponly=True,
                samesite="lax",
            )
        )
        return answer


async def provide_desk(visit: NamedDependency[Visit]) -> Desk:
    """Return the desk that a browser is at, and note that it is used.

    Fragments that a page fetches, perhaps by itself, don't count as use.

    Raises:
        Refusal: NOT_AT_DESK, when it has not signed in to any, or too long ago; EXPERT_UNKNOWN,
            when a form names a desk that is not open to it.
    """
    experts = await desks.experts_at(visit.database, visit.session.desks_at(visit.now))
    if not experts:
        raise Refusal(Code.NOT_AT_DESK)
    expert = await _at(visit, experts)
    if not visit.fragment or visit.request.method == HttpMethod.POST:
        visit.change_session(visit.session.using_desk(expert.address, visit.now))
    return Desk(visit, expert, experts)


async def _at(visit: Visit, experts: Sequence[Expert]) -> Expert:
    """Return at whose desk a form was shown, or whose is in front."""
    is_form = visit.request.method == HttpMethod.POST
    sent = await read_field(visit.request, "desk") if is_form else None
    if sent is None:
        return _named(experts, visit.request.cookies.get(COOKIE, "")) or experts[0]
    if (expert := _named(experts, sent)) is None:
        raise Refusal(Code.EXPERT_UNKNOWN)
    return expert


def _named(experts: Sequence[Expert], slug: str) -> Expert | None:
    """Return who has this slug, or had it: a page may have been opened before it changed."""
    return next((expert for expert in experts if slug in expert.slugs), None)
