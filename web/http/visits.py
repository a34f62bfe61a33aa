"""A visit: everything about one request that handlers need, gathered once."""

from typing import Any

from litestar import Response
from litestar.datastructures import Cookie
from litestar.exceptions import NotFoundException
from litestar.response import Redirect, Template
from litestar.status_codes import HTTP_503_SERVICE_UNAVAILABLE

from domain.discovery.search import Finder
from domain.store.core.database import Key, read_key
from domain.store.documents.site import Site
from domain.store.memory.directory import Directory
from web.http import clock
from web.http.answers import RETRY_AFTER_S
from web.http.callers import Caller
from web.http.requests import (
    LANGUAGE_COOKIE,
    AnyRequest,
    language_of,
    shared_by_pages,
    wants_fragment,
    wants_json,
)
from web.i18n.languages import offered, valid_language
from web.i18n.names import field_name
from web.i18n.zones import FALLBACK, valid_zone
from web.services import services_of

ZONE_COOKIE = "zone"

_YEAR_S = 365 * 86_400


def names_in(view: object) -> dict[str, Any]:
    """Return the public attributes of a view by their names; of None nothing."""
    if view is None:
        return {}
    return {name: getattr(view, name) for name in dir(view) if not name.startswith("_")}


class Visit(Caller):
    """One request: who asks, when, in which zone, and what answers are made with."""

    @property
    def directory(self) -> Directory:
        """The experts in memory."""
        return self.services.directory

    @property
    def site(self) -> Site:
        """The site as it is now."""
        return self.services.site.now()

    @property
    def field_names(self) -> list[tuple[str, str]]:
        """The site's fields of expertise, with their names in the language of the answer."""
        site, language = self.site, self.language
        return [(key, field_name(site, key, language)) for key in site.field_keys]

    @property
    def finder(self) -> Finder:
        """Where experts and their free times are looked up."""
        return Finder(self.directory, self.services.openings, self.now)

    @property
    def fragment(self) -> bool:
        """Whether HTMX asks for a part of a page."""
        return wants_fragment(self.request)

    @property
    def wants_json(self) -> bool:
        """Whether a program asks."""
        return wants_json(self.request)

    def query(self, name: str) -> str:
        """Return a parameter of the address, or an empty text."""
        return str(self.request.query_params.get(name, ""))

    @property
    def language(self) -> str:
        """The language to answer in."""
        return language_of(self.request)

    def zone(self, otherwise: str = FALLBACK) -> str:
        """Return the zone that times are shown in: asked for, remembered, or the other one."""
        return valid_zone(self.query("zone")) or self.own_zone or otherwise

    @property
    def own_zone(self) -> str | None:
        """The zone that the browser remembers, its own or one that was chosen."""
        return valid_zone(self.request.cookies.get(ZONE_COOKIE))

    def show(
        self,
        page: str,
        fragment: str | None = None,
        view: object = None,
        *,
        status: int = 200,
        chosen_zone: bool = True,
        **context: object,
    ) -> Template:
        """Render a page, or its fragment if HTMX asks for one.

        Args:
            page: The page's template.
            fragment: The fragment's, if there is one.
            view: What the template shows: each public attribute is a name in it.
            status: The answer's status.
            chosen_zone: Whether a zone in the address is the viewer's choice, to be remembered.
            context: Names beside those of the view, for small pages.
        """
        name = fragment if fragment and self.fragment else page
        answer = Template(
            template_name=f"{name}.html",
            context={**self.names(view), **context},
            status_code=status,
            cookies=self.choices(chosen_zone=chosen_zone),
        )
        if status == HTTP_503_SERVICE_UNAVAILABLE:
            answer.headers["Retry-After"] = str(RETRY_AFTER_S)
        return answer

    def names(self, view: object) -> dict[str, Any]:
        """Return what a template may name: a view's attributes, and what every page asks for."""
        return {"now": self.now, **shared_by_pages(self.request), **names_in(view)}

    def choices(self, *, chosen_zone: bool) -> list[Cookie]:
        """Return the cookies that remember what the address chooses."""
        zone = valid_zone(self.query("zone")) if chosen_zone else None
        language = valid_language(self.query("lang"), offered(self.site.languages))
        # A page's script has to read the zone: it tells the browser's own only if there is none.
        chosen = ((ZONE_COOKIE, zone, False), (LANGUAGE_COOKIE, language, True))
        return [
            Cookie(
                key=name,
                value=value,
                max_age=_YEAR_S,
                secure=self.settings.is_secure,
                httponly=httponly,
                samesite="lax",
            )
            for name, value, httponly in chosen
            if value
        ]

    def go_to(self, path: str) -> Response[Any]:
        """Send the browser to another page after a success."""
        if self.request.headers.get("HX-Request"):
            return Response(content=None, status_code=204, headers={"HX-Redirect": path})
        return Redirect(path, status_code=303)


async def provide_visit(request: AnyRequest) -> Visit:
    """Gather a visit from a request that has arrived whole: a slow one goes by no old clock.

    That a form has arrived is seen to before its token is checked.
    """
    return Visit(request, services_of(request.app), clock.now())


def key_in_address(text: str) -> Key:
    """Read a document's key from an address.

    Raises:
        NotFoundException: It is none, so there is no such page.
    """
    key = read_key(text)
    if key is None:
        raise NotFoundException
    return key
