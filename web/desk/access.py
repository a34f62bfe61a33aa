"""Who is at the desk: handlers ask for a `Desk`, and get none unless its expert is signed in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from litestar import HttpMethod, Response
from litestar.datastructures import Cookie
from litestar.di import NamedDependency

from domain.admin import administrators
from domain.desk import desks
from domain.rules.errors import Code, Refusal
from domain.rules.log import Actor
from domain.store.documents import Expert
from domain.store.documents.administrators import Administrator
from web.desk.steps import steps_of
from web.http.forms import read_field
from web.http.frames import Framed
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


@dataclass(frozen=True)
class Desk(Framed):
    """An expert at their desk, as of one request."""

    folder: ClassVar[str] = "desk"
    keeps_zone: ClassVar[bool] = False

    expert: Expert
    experts: Sequence[Expert]
    """All whose desks are open to this browser, this one included."""
    administrator: Administrator | None = None
    """The administrator whose browser it is, if so."""
    is_visited: bool = False
    """Whether the administrator acts in place of the expert."""

    @property
    def by(self) -> Actor:
        """Who acts, for the log."""
        if self.is_visited and self.administrator is not None:
            return administrators.by_administrator(self.administrator)
        return desks.by_expert(self.expert)

    @property
    def around(self) -> Mapping[str, object]:
        """What the frame of the desk shows."""
        return {
            "expert": self.expert,
            "experts": self.experts,
            "administrator": self.administrator,
            "is_visited": self.is_visited,
            "pages": PAGES,
            "steps": steps_of(self.expert, self.visit.now),
        }

    def bring_forward(self, slug: str, path: str) -> Response[Any]:
        """Switch the browser to another of its desks."""
        expert = _named(self.experts, slug)
        if expert is None:
            raise Refusal(Code.EXPERT_UNKNOWN)
        return go_to_desk(self.visit, expert, path)


def go_to_desk(visit: Visit, expert: Expert, path: str) -> Response[Any]:
    """Send a browser to a page of an expert's desk, which from then on is the one in front."""
    answer = visit.go_to(path)
    answer.set_cookie(
        Cookie(
            key=COOKIE,
            value=expert.slug,
            path="/desk",
            secure=visit.settings.is_secure,
            httponly=True,
            samesite="lax",
        )
    )
    return answer


def leave_desk(visit: Visit, path: str) -> Response[Any]:
    """Send a browser to another page, with none of its desks in front."""
    answer = visit.go_to(path)
    answer.delete_cookie(COOKIE, path="/desk")
    return answer


async def provide_desk(visit: NamedDependency[Visit]) -> Desk:
    """Return the desk that a browser is at, and note that it is used.

    An administrator's may be at any expert's. Fragments that a page fetches, perhaps by itself,
    don't count as use.

    Raises:
        Refusal: NOT_AT_DESK, when it has not signed in to any, or too long ago; EXPERT_UNKNOWN,
            when a form names a desk that is not open to it.
    """
    signed_in = visit.session.desks_at(visit.now)
    own = await desks.experts_at(visit.database, signed_in)
    administrator = await administrators.administrator_at(
        visit.database, signed_in, named=visit.settings.admins
    )
    if not own and administrator is None:
        raise Refusal(Code.NOT_AT_DESK)
    desk = await _at(visit, own, administrator)
    if not visit.fragment or visit.request.method == HttpMethod.POST:
        used_by = administrator if desk.is_visited and administrator else desk.expert
        visit.change_session(visit.session.using_desk(used_by.address, visit.now))
    return desk


async def _at(visit: Visit, own: Sequence[Expert], administrator: Administrator | None) -> Desk:
    """Return the desk at which a form was shown, or that is in front."""
    is_form = visit.request.method == HttpMethod.POST
    sent = await read_field(visit.request, "desk") if is_form else None
    asked = visit.request.cookies.get(COOKIE, "") if sent is None else sent
    if expert := _named(own, asked):
        return Desk(visit, expert, own, administrator)
    if administrator and asked and (expert := await desks.find(visit.database, asked)):
        return Desk(visit, expert, [expert], administrator, is_visited=True)
    if sent is not None:
        raise Refusal(Code.EXPERT_UNKNOWN)
    if not own:
        raise Refusal(Code.NOT_AT_DESK)
    return Desk(visit, own[0], own, administrator)


def _named(experts: Sequence[Expert], slug: str) -> Expert | None:
    """Return who has this slug, or had it: a page may have been opened before it changed."""
    return next((expert for expert in experts if slug in expert.slugs), None)
