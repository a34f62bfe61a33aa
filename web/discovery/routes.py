"""Finding an expert: `/` and `/experts`."""

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from litestar import Router, get
from litestar.di import NamedDependency
from litestar.response import Template

from domain import catalogue
from domain.catalogue import CATEGORIES, Search
from domain.rules.schedule import day_of
from domain.store.documents import Expert
from domain.store.experts.reading import Sort
from domain.store.slots.open_days import Opening
from web.discovery.when import in_address, read_when, wrong_day
from web.http.visits import Visit
from web.i18n.languages import marked as _
from web.i18n.zones import choices, zone_info

_MAX_PAGE = 1_000_000
_MAX_TEXT = 200
_SORT_NAMES = {
    Sort.RATING: _("Best rated"),
    Sort.SOONEST: _("Soonest free"),
    Sort.PRICE: _("Lowest price"),
    Sort.NAME: _("Name"),
}
CATEGORY_NAMES = {
    "Technology": _("Technology"),
    "Health": _("Health"),
    "Finance": _("Finance"),
    "Legal": _("Legal"),
    "Education": _("Education"),
    "Lifestyle": _("Lifestyle"),
}
"""What `domain.catalogue.CATEGORIES` are called."""


def _page_number(text: str) -> int:
    digits = text if text.isascii() and text.isdigit() else "1"
    return max(1, min(int(digits[:8]), _MAX_PAGE))


def read_search(visit: Visit) -> Search:
    """Read a search from the address; what makes no sense there counts as not asked for."""
    category, sort = visit.query("category"), visit.query("sort")
    return Search(
        q=visit.query("q")[:_MAX_TEXT].replace("\0", "").strip(),
        category=category if category in CATEGORIES else "",
        language=visit.query("language")[:_MAX_TEXT],
        sort=Sort(sort) if sort in set(Sort) else Sort.RATING,
        page=_page_number(visit.query("page")),
        when=read_when(visit),
    )


def address_of(search: Search) -> str:
    """Return the address of a search's page; what is at its default is left out."""
    state: dict[str, Any] = {
        "q": search.q,
        "category": search.category,
        "language": search.language,
        "sort": "" if search.sort is Sort.RATING else search.sort.value,
        **in_address(search.when),
        "page": "" if search.page == 1 else search.page,
    }
    query = urlencode({name: value for name, value in state.items() if value})
    return f"/experts?{query}" if query else "/experts"


def _addresses(visit: Visit, shown: Search) -> dict[str, Any]:
    """Return what the page's links are made with."""
    live = urlencode({name: value for name, value in in_address(shown.when).items() if value})

    def page_of(expert: Expert, opening: Opening) -> str:
        return _page_of(visit, expert, opening)

    return {
        "address_of": lambda **changes: address_of(replace(shown, **changes)),
        "address_to": address_of,
        "page_of": page_of,
        "live_address": f"/openings/live?{live}" if shown.window else None,
    }


def _page_of(visit: Visit, expert: Expert, opening: Opening) -> str:
    """Return where an expert's page shows a time, with the zone where it would show another."""
    zone = visit.zone()
    query = {"day": day_of(opening.starts_at, zone_info(zone)).isoformat()}
    if visit.own_zone != zone:
        query["zone"] = zone
    return f"/experts/{expert.slug}?{urlencode(query)}"


def _choices(visit: Visit) -> dict[str, Any]:
    """Return what the form offers to choose from."""
    zone = visit.zone()
    return {
        "categories": CATEGORY_NAMES,
        "sorts": _SORT_NAMES,
        "zone": zone,
        "zones": choices(zone, visit.own_zone or zone),
    }


@get(["/", "/experts"], name="discovery")
async def discovery(visit: NamedDependency[Visit]) -> Template:
    """Show the experts that match."""
    search = read_search(visit)
    results = await catalogue.search(visit.finder, search)
    shown = replace(search, page=results.page)
    page = visit.show(
        "discovery/discovery",
        "discovery/_results",
        chosen_zone=False,
        search=shown,
        results=results,
        languages=await catalogue.languages(visit.directory),
        oob=visit.fragment,
        is_old=visit.directory.is_old,
        wrong_day=wrong_day(visit),
        **_addresses(visit, shown),
        **_choices(visit),
    )
    if visit.fragment:
        page.headers["HX-Replace-Url"] = address_of(shown)
    return page


router = Router("/", route_handlers=[discovery])
