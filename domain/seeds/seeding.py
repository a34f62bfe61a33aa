"""Seeds: the catalogue that a fresh database starts with."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import islice

from domain.desk.publishing import publish
from domain.rules.errors import Unconfirmed
from domain.rules.instants import EPOCH, NEVER
from domain.seeds.factories import ExpertFactory
from domain.seeds.people import Person, people
from domain.seeds.people.diary import hours_of
from domain.seeds.people.meetings import meeting_of
from domain.seeds.people.person import slug_of
from domain.seeds.people.terms import terms_of
from domain.store.core.database import Database, Document, Key
from domain.store.documents import Expert
from domain.store.experts.publishing import insert_new
from domain.store.experts.reading import keys_by_slug

_EXPERTS_AT_ONCE = 100
_PUBLISHED_AT_ONCE = 4
_TRIES = 3
_DAY = timedelta(days=1)


async def seed_catalogue(
    database: Database, *, experts: int = 30, clock: Callable[[], datetime]
) -> int:
    """Add what is missing of the first `experts` people, and publish their times.

    Safe to run at any time, and from several processes at once: experts are told apart by their
    slug, and those that are there already stay as they are. Run again later it publishes the days
    that have come within reach.

    Returns:
        How many experts and slots were added, counted together.
    """
    added = 0
    everybody = people(experts)
    while some := list(islice(everybody, _EXPERTS_AT_ONCE)):
        added += await _seed_people(database, some, clock)
    return added


async def _seed_people(
    database: Database, some: Sequence[Person], clock: Callable[[], datetime]
) -> int:
    slugs = [slug_of(person) for person in some]
    there = await keys_by_slug(database, slugs)
    now = clock()
    new = [_expert_of(person, now) for person in some if slug_of(person) not in there]
    added = await insert_new(database, Expert, new)
    keys = await keys_by_slug(database, slugs)
    for few in _some_at_once([keys[slug] for slug in slugs if slug in keys]):
        added += sum(await asyncio.gather(*(_publish(database, key, clock) for key in few)))
    return added


async def _publish(database: Database, key: Key, clock: Callable[[], datetime]) -> int:
    """Publish an expert's times, and try again where the database could not confirm it."""
    for _ in range(_TRIES):
        with suppress(Unconfirmed):
            return (await publish(database, key, now=clock())).added
    raise Unconfirmed


def _some_at_once(keys: Sequence[Key]) -> Iterator[Sequence[Key]]:
    for first in range(0, len(keys), _PUBLISHED_AT_ONCE):
        yield keys[first : first + _PUBLISHED_AT_ONCE]


def _expert_of(person: Person, now: datetime) -> Document:
    expert = ExpertFactory.build(
        person=person,
        terms=terms_of(person),
        hours=hours_of(person, now),
        has_hours=True,
        meeting=meeting_of(person),
        next_free_at=NEVER,
        next_free_until=EPOCH,
    )
    return dict(expert.model_dump_doc())
