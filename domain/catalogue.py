"""Finding an expert: search, filters, orders and pages."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from domain.errors import Code, Refusal
from domain.store import experts
from domain.store.database import Database, Key
from domain.store.directory import Directory
from domain.store.documents import Expert
from domain.store.experts import Filters, Sort
from domain.words import terms

PAGE_SIZE = 12
MAX_WORDS = 6
"""Words of a search that count; the rest would only narrow what is narrow already."""

CATEGORIES = ("Technology", "Health", "Finance", "Legal", "Education", "Lifestyle")

_REFRESH_AT_ONCE = 500


@dataclass(frozen=True)
class Search:
    """What a visitor asked for. Any text is fine: it is folded and matched as it stands."""

    q: str = ""
    category: str = ""
    language: str = ""
    sort: Sort = Sort.RATING
    page: int = 1

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


async def search(directory: Directory, wanted: Search) -> Results:
    """Return a page of the experts that match; a page beyond the last is the last."""
    filters = wanted.filters()
    count = await directory.count(filters)
    pages = max(1, -(-count // PAGE_SIZE))
    page = min(max(wanted.page, 1), pages)
    found = await directory.listing(
        filters, wanted.sort, skip=(page - 1) * PAGE_SIZE, limit=PAGE_SIZE
    )
    ways_out = [] if count else await _ways_out(directory, wanted)
    return Results(experts=found, count=count, page=page, pages=pages, ways_out=ways_out)


async def _ways_out(directory: Directory, wanted: Search) -> list[Way]:
    dropped = {
        "q": replace(wanted, q="", page=1),
        "category": replace(wanted, category="", page=1),
        "language": replace(wanted, language="", page=1),
    }
    ways = [
        Way(name, wider, await directory.count(wider.filters()))
        for name, wider in dropped.items()
        if getattr(wanted, name)
    ]
    return [way for way in ways if way.count]


async def languages(directory: Directory) -> list[str]:
    """Return the languages that can be filtered by, as ISO 639-1 codes."""
    return await directory.languages()


async def expert_by_slug(directory: Directory, slug: str) -> Expert:
    """Return a listed expert.

    Raises:
        Refusal: EXPERT_UNKNOWN.
    """
    expert = await directory.find_by_slug(slug)
    if expert is None:
        raise Refusal(Code.EXPERT_UNKNOWN)
    return expert


async def expert_of(database: Database, expert_id: Key) -> Expert:
    """Return the expert that a slot or a booking names, listed or not.

    Raises:
        Refusal: EXPERT_UNKNOWN.
    """
    expert = await experts.find(database, expert_id)
    if expert is None:
        raise Refusal(Code.EXPERT_UNKNOWN)
    return expert


async def expert_to_show(directory: Directory, expert_id: Key) -> Expert:
    """Return the expert that a page names, listed or not; to decide by, read `expert_of`.

    Raises:
        Refusal: EXPERT_UNKNOWN.
    """
    expert = await directory.find(expert_id)
    if expert is None:
        raise Refusal(Code.EXPERT_UNKNOWN)
    return expert


async def refresh_passed(database: Database, now: datetime) -> int:
    """Look up the next free time of experts whose last known one has passed; return how many."""
    passed = await experts.with_passed_next_free(database, now, limit=_REFRESH_AT_ONCE)
    for expert_id in passed:
        await experts.refresh_next_free(database, expert_id, now)
    return len(passed)


async def refresh_next_free(database: Database, expert_id: Key, now: datetime) -> None:
    """Write down when an expert's first free time is, where that has changed."""
    await experts.refresh_next_free(database, expert_id, now)


async def listed_ids(database: Database) -> list[Key]:
    """Return the keys of all listed experts."""
    return await experts.listed_ids(database)
