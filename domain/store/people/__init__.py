"""The people of the seeded catalogue: thirty written by hand, then invented ones."""

from collections.abc import Iterator
from itertools import chain

from domain.store.people.education import EDUCATION
from domain.store.people.finance import FINANCE
from domain.store.people.health import HEALTH
from domain.store.people.invented import invented
from domain.store.people.legal import LEGAL
from domain.store.people.lifestyle import LIFESTYLE
from domain.store.people.person import Person
from domain.store.people.technology import TECHNOLOGY

__all__ = ["CURATED", "Person", "invented", "people"]

_BY_CATEGORY = (TECHNOLOGY, HEALTH, FINANCE, LEGAL, EDUCATION, LIFESTYLE)

CURATED: tuple[Person, ...] = tuple(chain.from_iterable(zip(*_BY_CATEGORY, strict=True)))
"""The hand-written people, one of each category after the other, so that any few are a mix."""


def people(count: int) -> Iterator[Person]:
    """Yield the first `count` people of the catalogue; they are the same ones on every call."""
    yield from CURATED[:count]
    yield from (invented(number) for number in range(len(CURATED) + 1, count + 1))
