"""Finding an expert: `/` and `/experts`."""

from dataclasses import replace
from functools import partial

from litestar import Response, Router, get
from litestar.di import NamedDependency

from domain.discovery.search import Search
from domain.discovery.search import search as find
from domain.store.experts.reading import Sort
from web.discovery.views import DiscoveryPage, address_of
from web.discovery.when import read_when, wrong_day
from web.http.alike import COMPRESSED, show_alike
from web.http.kept_pages import next_minute
from web.http.visits import Visit

_MAX_PAGE = 1_000_000
_MAX_TEXT = 200


def _page_number(text: str) -> int:
    digits = text if text.isascii() and text.isdigit() else "1"
    return max(1, min(int(digits[:8]), _MAX_PAGE))


def read_search(visit: Visit) -> Search:
    """Read a search from the address; what makes no sense there counts as not asked for."""
    category, sort = visit.query("category"), visit.query("sort")
    return Search(
        q=visit.query("q")[:_MAX_TEXT].replace("\0", "").strip(),
        category=category if category in visit.site.field_keys else "",
        language=visit.query("language")[:_MAX_TEXT],
        sort=Sort(sort) if sort in set(Sort) else Sort.RATING,
        page=_page_number(visit.query("page")),
        when=read_when(visit),
    )


@get(["/", "/experts"], name="discovery", opt=COMPRESSED)
async def discovery(visit: NamedDependency[Visit]) -> Response[bytes]:
    """Show the experts that match."""
    search = read_search(visit)
    return await show_alike(
        visit,
        "discovery/discovery",
        "discovery/_results",
        view=partial(_found, search=search),
        sources=await visit.finder.editions(search.window),
        address=lambda shown: address_of(shown.search),
        chosen_zone=False,
    )


async def _found(visit: Visit, search: Search) -> DiscoveryPage:
    results = await find(visit.finder, search)
    return DiscoveryPage(
        search=replace(search, page=results.page),
        results=results,
        categories=visit.field_names,
        languages=await visit.directory.languages(),
        zone=visit.zone(),
        own_zone=visit.own_zone,
        oob=visit.fragment,
        is_old=visit.directory.is_old,
        wrong_day=wrong_day(visit),
        true_until=next_minute(visit.now),
    )


router = Router("/", route_handlers=[discovery])
