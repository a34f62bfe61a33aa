"""Pages that look alike to all who have nothing of their own on them: rendered once."""

from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol, TypeVar

from litestar import MediaType, Response
from litestar.datastructures import Cookie
from litestar.response import Template
from litestar.status_codes import HTTP_200_OK

from domain.rules.instants import to_milliseconds
from web.http.bodies import Body, Texts
from web.http.kept_pages import Page, Render
from web.http.sessions import Session
from web.http.visits import Visit

COMPRESSES_ITSELF = "compresses_itself"
COMPRESSED: Mapping[str, bool] = {COMPRESSES_ITSELF: True}
"""Marks a route whose answers are compressed before they are kept."""
NO_TEXTS: Texts = {}
_CLOCK = ' data-now="'
_LONGEST_QUERY = 500
"""Longer than any of ours: who makes up longer ones fills no memory with them."""


class Passing(Protocol):
    """What a page shows, which time passes by."""

    @property
    def true_until(self) -> datetime:
        """Until when it is true if nothing changes."""


Shown = TypeVar("Shown", bound=Passing)


async def show_alike(
    visit: Visit,
    page: str,
    fragment: str | None = None,
    *,
    view: Callable[[Visit], Awaitable[Shown]],
    sources: Sequence[object | None],
    address: Callable[[Shown], str] | None = None,
    is_own: bool = False,
    chosen_zone: bool = True,
) -> Response[bytes]:
    """Render a page, or its fragment if HTMX asks for one; its route is marked as `COMPRESSED`.

    Args:
        visit: Who looks.
        page: The page's template.
        fragment: The fragment's, if there is one.
        view: Gathers what the template shows, for a visit that is nobody's unless the page is own.
        sources: What the page is made of, as `KeptPages` has it; None where nobody knows whether
            that has changed.
        address: Tells at which address a browser that got the fragment has the page.
        is_own: Whether there may be something of the visitor's own on it.
        chosen_zone: Whether a zone in the address is the viewer's choice, to be remembered.
    """
    name = fragment if fragment and visit.fragment else page
    seen_by = visit if is_own else _Anybody(visit.request, visit.services, visit.now)

    async def render() -> Page:
        shown = await view(seen_by)
        stands_at = address(shown) if address and visit.fragment else None
        body = rendered(seen_by, name, seen_by.names(shown))
        return Page(body, shown.true_until, {"HX-Replace-Url": stands_at} if stands_at else {})

    scope = visit.request.scope
    if is_own or len(scope["query_string"]) > _LONGEST_QUERY:
        found = await render()
    else:
        looks = (name, scope["path"], scope["query_string"], visit.language, visit.own_zone)
        found = await kept(visit, looks, sources, render)
    return answer(visit, found, cookies=visit.choices(chosen_zone=chosen_zone))


class _Anybody(Visit):
    """A visit by which nothing can be learned of who makes it, but for zone and language."""

    claimant = None

    @property
    def session(self) -> Session:
        """Nobody's: what it was asked for would be on everybody's page."""
        raise AssertionError


def rendered(visit: Visit, name: str, names: Mapping[str, object], texts: Texts = NO_TEXTS) -> Body:
    """Render a page, with holes for the time of day and for other texts that are somebody's own."""
    html = visit.services.templates.get_template(f"{name}.html").render(names)
    return Body.of(html, {**_clock(visit), **texts})


async def kept(
    visit: Visit,
    looks: Hashable,
    sources: Sequence[object | None],
    render: Render,
) -> Page:
    """Return a page that is kept for all, if its sources are known; the site is one of them."""
    if None in sources:
        return await render()
    pages = visit.services.pages
    return await pages.page(looks, (visit.site, *sources), render, now=visit.now)


def answer(
    visit: Visit,
    page: Page,
    texts: Texts = NO_TEXTS,
    *,
    cookies: Sequence[Cookie] = (),
) -> Response[bytes]:
    """Answer with a page, with these texts in its holes."""
    given = {**_clock(visit), **texts}
    request = visit.request
    is_marked = COMPRESSES_ITSELF in request.route_handler.opt
    gzips = is_marked and "gzip" in request.headers.get("Accept-Encoding", "")
    return Response(
        page.body.gzipped(given) if gzips else page.body.filled(given),
        status_code=page.status,
        media_type=MediaType.HTML,
        headers={**page.headers, **({"Content-Encoding": "gzip"} if gzips else {})},
        cookies=cookies,
    )


def compressed(visit: Visit, shown: Response[Any] | Template) -> Response[Any]:
    """Return what else a route answers that is marked as `COMPRESSED`."""
    if not isinstance(shown, Template):
        return shown
    name = shown.template_name or ""
    html = visit.services.templates.get_template(name).render(shown.context)
    page = Page(Body.of(html, {}), visit.now, shown.headers, shown.status_code or HTTP_200_OK)
    return answer(visit, page, cookies=shown.cookies)


def _clock(visit: Visit) -> Texts:
    return {_CLOCK: str(to_milliseconds(visit.now))}
