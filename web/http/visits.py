"""A visit: everything about one request that handlers need, gathered once."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from litestar import HttpMethod, Request, Response
from litestar.datastructures import Cookie
from litestar.exceptions import NotFoundException
from litestar.response import Redirect, Template

from domain.bookings import Viewer
from domain.catalogue import Finder
from domain.rules.rates import Allowance, Asker
from domain.store.core.database import Database, Key, read_key
from domain.store.memory.directory import Directory
from web.http import clock
from web.http.limits import HoldLimit, network_of
from web.http.sessions import COOKIE, Session, SessionCookie
from web.i18n.languages import LOCALES, preferred_language, valid_language
from web.i18n.zones import FALLBACK, valid_zone
from web.settings import Settings

ZONE_COOKIE = "zone"
LANGUAGE_COOKIE = "language"

_YEAR_S = 365 * 86_400

AnyRequest = Request[Any, Any, Any]


def language_of(request: AnyRequest) -> str:
    """Return the language to answer in: asked for, remembered, or what the browser prefers."""
    asked = valid_language(request.query_params.get("lang"))
    remembered = valid_language(request.cookies.get(LANGUAGE_COOKIE))
    return asked or remembered or preferred_language(request.headers.get("Accept-Language", ""))


def wants_fragment(request: AnyRequest) -> bool:
    """Say whether HTMX asks for a part of a page, not for a page."""
    return request.headers.get("HX-Request-Type") == "partial"


def wants_json(request: AnyRequest) -> bool:
    """Say whether a program asks, which takes a problem document and no page."""
    accepted = request.headers.get("accept", "")
    return "application/json" in accepted or "application/problem+json" in accepted


def shared_by_pages(request: AnyRequest) -> dict[str, Any]:
    """Return what the frame of every page asks for: its language, and its address."""
    language = language_of(request)
    site = request.app.state.settings.public_url
    asked = [pair for pair in request.query_params.multi_items() if pair[0] != "lang"]
    # The answer to a form has no address: a link would lose the form, or lead nowhere.
    codes = LOCALES.keys() - {language} if request.method != HttpMethod.POST else ()
    others = {code: urlencode([*asked, ("lang", code)]) for code in sorted(codes)}
    return {"language": language, "other_languages": others, "path": request.url.path, "site": site}


@dataclass
class Visit:
    """One request: who asks, when, in which zone, and what answers are made with."""

    request: AnyRequest
    database: Database
    directory: Directory
    settings: Settings
    hold_limit: HoldLimit
    now: datetime

    @property
    def session(self) -> Session:
        """The browser's session; a new one is sent along with the answer."""
        state = self.request.scope["state"]
        if "session" not in state:
            cookies: SessionCookie = self.request.app.state.session_cookie
            state["session"] = cookies.read(self.request.cookies.get(COOKIE))
        session: Session = state["session"]
        return session

    def change_session(self, session: Session) -> None:
        """Send a changed session along with the answer."""
        self.request.scope["state"]["session"] = session

    @property
    def viewer(self) -> Viewer:
        """Whose bookings this browser may see."""
        return self.session.viewer(self.now)

    @property
    def network(self) -> str:
        """Where the request comes from; behind a trusted proxy, from beyond it."""
        return network_of(self.request.client.host if self.request.client else "")

    @property
    def asker(self) -> Asker:
        """Whom what is asked for is counted by."""
        settings = self.settings
        return Asker(
            self.network,
            secret=self.request.app.state.secret_key,
            proven=self.viewer.addresses,
            allowance=Allowance(settings.bookings_per_ip, settings.bookings_per_address),
        )

    @property
    def finder(self) -> Finder:
        """Where experts and their free times are looked up."""
        return Finder(self.directory, self.request.app.state.openings, self.now)

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
        *,
        status: int = 200,
        chosen_zone: bool = True,
        **context: object,
    ) -> Template:
        """Render a page, or its fragment where HTMX asks for one.

        Args:
            page: The page's template.
            fragment: The fragment's, if there is one.
            status: The answer's status.
            chosen_zone: Whether a zone in the address is the viewer's choice, to be remembered.
            context: What the template asks for.
        """
        name = fragment if fragment and self.fragment else page
        shared = {"viewer": self.viewer, "now": self.now, **shared_by_pages(self.request)}
        answer = Template(
            template_name=f"{name}.html", context={**shared, **context}, status_code=status
        )
        if chosen_zone:
            # A page's script has to read it: only where there is none it tells the browser's own.
            self._remember(answer, ZONE_COOKIE, valid_zone(self.query("zone")), httponly=False)
        self._remember(answer, LANGUAGE_COOKIE, valid_language(self.query("lang")), httponly=True)
        return answer

    def _remember(self, answer: Template, name: str, chosen: str | None, *, httponly: bool) -> None:
        if chosen:
            answer.cookies.append(
                Cookie(
                    key=name,
                    value=chosen,
                    max_age=_YEAR_S,
                    secure=self.settings.is_secure,
                    httponly=httponly,
                    samesite="lax",
                )
            )

    def go_to(self, path: str) -> Response[Any]:
        """Send the browser to another page after a success."""
        if self.request.headers.get("HX-Request"):
            return Response(content=None, status_code=204, headers={"HX-Redirect": path})
        return Redirect(path, status_code=303)


async def provide_visit(request: AnyRequest) -> Visit:
    """Gather a visit from a request that has arrived whole: a slow one goes by no old clock.

    That a form has arrived is seen to before its token is checked.
    """
    state = request.app.state
    return Visit(
        request=request,
        database=state.database,
        directory=state.directory,
        settings=state.settings,
        hold_limit=state.hold_limit,
        now=clock.now(),
    )


def key_in_address(text: str) -> Key:
    """Read a document's key from an address.

    Raises:
        NotFoundException: It is none, so there is no such page.
    """
    key = read_key(text)
    if key is None:
        raise NotFoundException
    return key
