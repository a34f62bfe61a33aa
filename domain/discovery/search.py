"""Searching for experts: words, filters, orders and pages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from domain.rules.windows import When, Window
from domain.rules.words import terms
from domain.store.core.database import Key
from domain.store.documents import Expert
from domain.store.experts.reading import Filters, Sort
from domain.store.memory.directory import Directory
from domain.store.memory.openings import Openings
from domain.store.slots.open_days import Opening

PAGE_SIZE = 12
MAX_WORDS = 6
"""Words of a search that count; the rest would only narrow what is narrow already."""


@dataclass(frozen=True)
class Search:
    """What a visitor asked for. Any text is fine: it is folded and matched as it stands."""

    q: str = ""
    category: str = ""
    language: str = ""
    sort: Sort = Sort.RATING
    page: int = 1
    when: When | None = None
    """When experts have to be free, all of a time of theirs; one without a length asks nothing."""

    @property
    def window(self) -> Window | None:
        """Return the instants within which experts have to have a free time."""
        return self.when.window() if self.when else None

    def filters(self) -> Filters:
        """Return what an expert has to match."""
        words = terms(self.q)[:MAX_WORDS]
        return Filters(words=words, category=self.category, language=self.language)


@dataclass(frozen=True)
class Way:
    """A way out of an empty result: a filter to drop, and how many experts that shows."""

    dropped: str
    search: Search
    count: int


@dataclass(frozen=True)
class Results:
    """One page of experts; `page` is the one shown, which lies between 1 and `pages`."""

    experts: Sequence[Expert]
    count: int
    page: int
    pages: int
    ways_out: Sequence[Way]
    openings: Mapping[Key, Sequence[Opening]] = field(default_factory=dict)
    """The free times of those shown within the window that was asked for."""
    until: datetime | None = None
    """When the clock alone takes the next time by which somebody matches; None for never."""


@dataclass(frozen=True)
class Finder:
    """Where experts and their free times are looked up, as of one instant."""

    directory: Directory
    openings: Openings
    now: datetime

    async def editions(self, window: Window | None) -> Sequence[object | None]:
        """Return objects that give way to others when what a search finds may have changed.

        None in the place of one while nobody knows whether it has.
        """
        of_experts = self.directory.edition
        if window is None:
            return [of_experts]
        return [of_experts, await self.openings.edition(window, self.now)]


async def search(finder: Finder, wanted: Search) -> Results:
    """Return a page of the experts that match; a page beyond the last is the last."""
    if wanted.window:
        return await _search_free(finder, wanted, wanted.window)
    filters = wanted.filters()
    count = await finder.directory.count(filters)
    page, pages = _place(wanted, count)
    found = await finder.directory.listing(
        filters, wanted.sort, skip=(page - 1) * PAGE_SIZE, limit=PAGE_SIZE
    )
    ways_out = [] if count else await _ways_out(finder, wanted)
    return Results(found, count, page, pages, ways_out)


async def _search_free(finder: Finder, wanted: Search, window: Window) -> Results:
    free = await finder.openings.free_in(window, finder.now)
    matching = await _matching(finder, wanted, free)
    page, pages = _place(wanted, len(matching))
    found = matching[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    openings = {expert.id: free[expert.id] for expert in found}
    ways_out = [] if matching else await _ways_out(finder, wanted)
    until = min((free[expert.id][0].closes_at for expert in matching), default=None)
    return Results(found, len(matching), page, pages, ways_out, openings, until)


async def _matching(
    finder: Finder, wanted: Search, free: Mapping[Key, Sequence[Opening]]
) -> list[Expert]:
    """Return who matches and is free, in order; the soonest of them by their time in the window."""
    soonest = wanted.sort is Sort.SOONEST
    order = Sort.NAME if soonest else wanted.sort
    everyone = await finder.directory.listing(wanted.filters(), order, skip=0, limit=None)
    found = [expert for expert in everyone if expert.id in free]
    return sorted(found, key=lambda expert: free[expert.id][0].starts_at) if soonest else found


def _place(wanted: Search, count: int) -> tuple[int, int]:
    """Return the page to show, and how many there are."""
    pages = max(1, -(-count // PAGE_SIZE))
    return min(max(wanted.page, 1), pages), pages


async def _ways_out(finder: Finder, wanted: Search) -> list[Way]:
    dropped = {
        "q": replace(wanted, q="", page=1),
        "category": replace(wanted, category="", page=1),
        "language": replace(wanted, language="", page=1),
        "when": replace(wanted, when=None, page=1),
    }
    ways = [
        Way(name, wider, await _count(finder, wider))
        for name, wider in dropped.items()
        if getattr(wanted, name)
    ]
    return [way for way in ways if way.count]


async def _count(finder: Finder, wanted: Search) -> int:
    if wanted.window is None:
        return await finder.directory.count(wanted.filters())
    free = await finder.openings.free_in(wanted.window, finder.now)
    return len(await _matching(finder, wanted, free))
