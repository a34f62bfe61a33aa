"""The people of the seeded catalogue: thirty written by hand, then invented ones."""

from collections.abc import Iterator
from itertools import chain

from domain.seeds.people.education import EDUCATION
from domain.seeds.people.finance import FINANCE
from domain.seeds.people.health import HEALTH
from domain.seeds.people.invented import invented
from domain.seeds.people.legal import LEGAL
from domain.seeds.people.lifestyle import LIFESTYLE
from domain.seeds.people.person import Person
from domain.seeds.people.technology import TECHNOLOGY

__all__ = ["CURATED", "Person", "invented", "people"]

_BY_CATEGORY = (TECHNOLOGY, HEALTH, FINANCE, LEGAL, EDUCATION, LIFESTYLE)

CURATED: tuple[Person, ...] = tuple(chain.from_iterable(zip(*_BY_CATEGORY, strict=True)))
"""The hand-written people, one of each category after the other, so that any few are a mix."""


def people(count: int) -> Iterator[Person]:
    """Yield the first `count` people of the catalogue; they are the same ones on every call."""
    yield from CURATED[:count]
    yield from (invented(number) for number in range(len(CURATED) + 1, count + 1))
