"""What the page shows where visitors find an expert."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from domain.discovery.search import Results, Search
from domain.rules.schedule import day_of
from domain.store.documents import Expert
from domain.store.experts.reading import Sort
from domain.store.slots.open_days import Opening
from web.discovery.when import in_address
from web.i18n.languages import marked as _
from web.i18n.zones import ZoneGroup, choices, zone_info

_SORT_NAMES = {
    Sort.RATING: _("Best rated"),
    Sort.SOONEST: _("Soonest free"),
    Sort.PRICE: _("Lowest price"),
    Sort.NAME: _("Name"),
}


def address_of(search: Search) -> str:
    """Return the address of a search's page, without what is at its default."""
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


@dataclass(frozen=True)
class DiscoveryPage:
    """A search, the experts that match, and the ways on from here."""

    search: Search
    results: Results
    categories: Sequence[tuple[str, str]]
    """The fields of expertise to filter by, with their names."""
    languages: Sequence[str]
    """Those to filter by."""
    zone: str
    own_zone: str | None
    """The zone that the browser remembers."""
    oob: bool
    is_old: bool
    """Whether the results come from memory, because the database is silent."""
    wrong_day: str
    """A day that can't be searched, or nothing."""
    true_until: datetime
    """Until when all of this is true if no expert changes."""

    @property
    def sorts(self) -> Mapping[Sort, str]:
        """The orders, with their names."""
        return _SORT_NAMES

    @property
    def zones(self) -> Sequence[ZoneGroup]:
        """The zones to choose from."""
        return choices(self.zone, self.own_zone or self.zone)

    @property
    def live_address(self) -> str | None:
        """The stream that says when other experts are free; None without a window."""
        when = in_address(self.search.when)
        query = urlencode({name: value for name, value in when.items() if value})
        return f"/openings/live?{query}" if self.search.window else None

    def address_of(self, **changes: Any) -> str:  # noqa: ANN401 - fields of a search
        """Return the address of this search with some changes."""
        return address_of(replace(self.search, **changes))

    def address_to(self, search: Search) -> str:
        """Return the address of another search."""
        return address_of(search)

    def page_of(self, expert: Expert, opening: Opening) -> str:
        """Return where an expert's page shows a time, with the zone if it would show another."""
        query = {"day": day_of(opening.starts_at, zone_info(self.zone)).isoformat()}
        if self.own_zone != self.zone:
            query["zone"] = self.zone
        return f"/experts/{expert.slug}?{urlencode(query)}"
