"""Who administers: handlers ask for an `Administration`; who isn't an administrator gets none."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from litestar import HttpMethod
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException

from domain.admin import administrators
from domain.desk import desks
from domain.rules.errors import Code, Refusal
from domain.rules.log import Actor
from domain.store.documents.administrators import Administrator
from web.http.frames import Framed
from web.http.visits import Visit
from web.i18n.languages import marked as _

PAGES: Mapping[str, str] = {
    "/admin": _("Overview"),
    "/admin/experts": _("Experts"),
    "/admin/bookings": _("Bookings"),
    "/admin/settings": _("Settings"),
    "/admin/log": _("Log"),
    "/admin/health": _("System health"),
}
"""The pages that the frame leads to, by their addresses."""


@dataclass(frozen=True)
class Administration(Framed):
    """An administrator at work, as of one request."""

    folder: ClassVar[str] = "admin"

    administrator: Administrator
    has_desk: bool
    """Whether the same browser may open a desk of its own."""

    @property
    def by(self) -> Actor:
        """Who acts, for the log."""
        return administrators.by_administrator(self.administrator)

    @property
    def around(self) -> Mapping[str, object]:
        """What the frame of the administration shows."""
        return {"administrator": self.administrator, "has_desk": self.has_desk, "pages": PAGES}


async def provide_administration(visit: NamedDependency[Visit]) -> Administration:
    """Return the administration for an administrator's browser, and note that it is used.

    Fragments that a page fetches, perhaps by itself, don't count as use.

    Raises:
        Refusal: NOT_ADMINISTRATOR, when nobody is signed in, or the administrator has to again.
        NotFoundException: Whoever is signed in is no administrator.
    """
    signed_in = visit.session.desks_at(visit.now)
    found = await administrators.entitled(visit.database, signed_in, named=visit.settings.admins)
    administrator = administrators.signed_in_among(found, signed_in)
    if administrator is None:
        if signed_in and not found:
            raise NotFoundException
        raise Refusal(Code.NOT_ADMINISTRATOR)
    if not visit.fragment or visit.request.method == HttpMethod.POST:
        visit.change_session(visit.session.using_desk(administrator.address, visit.now))
    own = await desks.experts_at(visit.database, signed_in)
    return Administration(visit, administrator, has_desk=bool(own))
