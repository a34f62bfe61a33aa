"""Listed experts in memory: found by what they offer, in every order that can be asked for."""

from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from domain.store.core.database import Key
from domain.store.documents import Expert
from domain.store.experts.reading import Filters, Sort
from domain.store.memory.sparing import spare


@dataclass(frozen=True, slots=True)
class Entry:
    """One expert, and by what they are found and sorted."""

    expert: Expert
    terms: str
    """Each search term behind a space: " word" is in it if a term begins with word."""
    places: dict[Sort, tuple[Any, ...]]
    """By what each order sorts. No two experts share a slug, so no two share a place."""


def _entry(expert: Expert) -> Entry:
    name = (expert.sort_name, expert.slug)
    places = {
        Sort.NAME: name,
        Sort.RATING: (-expert.rating, *name),
        Sort.PRICE: (expert.price_rank, *name),
        Sort.SOONEST: (expert.next_free_at, *name),
    }
    return Entry(spare(expert), "".join(f" {term}" for term in expert.search_terms), places)


def _place(sort: Sort) -> Callable[[Entry], tuple[Any, ...]]:
    return lambda entry: entry.places[sort]


class Listed:
    """Listed experts, in each of the orders that can be asked for."""

    def __init__(self, found: Iterable[Expert]) -> None:
        entries = [_entry(expert) for expert in found]
        self._by_key = {entry.expert.id: entry for entry in entries}
        self._by_slug = {entry.expert.slug: entry for entry in entries}
        self._orders = {sort: sorted(entries, key=_place(sort)) for sort in Sort}
        self._languages = Counter(code for entry in entries for code in entry.expert.languages)

    def by_key(self, expert_id: Key) -> Expert | None:
        """Return who has this key."""
        entry = self._by_key.get(expert_id)
        return entry.expert if entry else None

    def add(self, expert: Expert) -> None:
        """Put in an expert who is not there."""
        entry = _entry(expert)
        self._by_key[expert.id] = self._by_slug[expert.slug] = entry
        self._languages.update(expert.languages)
        for sort, order in self._orders.items():
            insort(order, entry, key=_place(sort))

    def remove(self, expert_id: Key) -> None:
        """Take an expert out; one who is not there stays away."""
        entry = self._by_key.pop(expert_id, None)
        if entry is None:
            return
        del self._by_slug[entry.expert.slug]
        self._languages.subtract(entry.expert.languages)
        for sort, order in self._orders.items():
            del order[bisect_left(order, entry.places[sort], key=_place(sort))]

    def by_slug(self, slug: str) -> Expert | None:
        """Return who has this name in their address."""
        entry = self._by_slug.get(slug)
        return entry.expert if entry else None

    def matching(self, filters: Filters, sort: Sort) -> list[Entry]:
        """Return all who match, in order: the query of `experts.reading`, in memory."""
        found = self._orders[sort]
        if filters.category:
            found = [entry for entry in found if entry.expert.category == filters.category]
        if filters.language:
            found = [entry for entry in found if filters.language in entry.expert.languages]
        for beginning in (f" {word}" for word in filters.words):
            found = [entry for entry in found if beginning in entry.terms]
        return found

    def languages(self) -> list[str]:
        """Return the languages that anybody speaks, as ISO 639-1 codes in order."""
        return sorted(+self._languages)
