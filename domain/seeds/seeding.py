"""Seeds: factories for documents, and the catalogue that a fresh database starts with."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from itertools import count, islice
from typing import Any
from zlib import crc32

from odmantic import ObjectId
from polyfactory import PostGenerated, Use
from polyfactory.factories.odmantic_odm_factory import OdmanticModelFactory

from domain.publishing import publish
from domain.rules.instants import EPOCH, NEVER
from domain.rules.prices import price_minor, price_rank
from domain.rules.profiles import search_terms, sort_name
from domain.rules.slots import LEAD
from domain.seeds.people import Person, invented, people
from domain.seeds.people.diary import hours_of
from domain.seeds.people.meetings import meeting_of
from domain.seeds.people.person import slug_of
from domain.seeds.people.terms import terms_of
from domain.store.core.database import Database, Document, Key
from domain.store.documents import Attendee, Booking, Change, Expert, Slot, Step
from domain.store.documents.profiles import ExpertStatus
from domain.store.experts.publishing import insert_new
from domain.store.experts.reading import keys_by_slug

_EXPERTS_AT_ONCE = 100
_PUBLISHED_AT_ONCE = 4
_DAY = timedelta(days=1)

_PERSON_FIELDS = frozenset(field.name for field in fields(Person))
_MAIL_HOSTS = ("example.com", "example.net", "example.org")
_numbers = count(1_000_000)


class ExpertFactory(OdmanticModelFactory[Expert]):
    """Makes experts from people: by default from one invented after another.

    `person` is the one to make. What overrides the name, headline or skills counts for the slug,
    the sorting and the search terms as well.
    """

    __use_defaults__ = True

    address = PostGenerated(lambda _, values: values["email"].lower())
    slugs = PostGenerated(lambda _, values: [values["slug"]])

    @classmethod
    def process_kwargs(cls, *, person: Person | None = None, **kwargs: Any) -> dict[str, Any]:  # noqa: ANN401 - polyfactory's signature
        """Fill in the fields of the person, under those that were given."""
        known = {name: value for name, value in kwargs.items() if name in _PERSON_FIELDS}
        made = replace(person or invented(next(_numbers)), **known)
        return super().process_kwargs(**(_expert_fields(made) | _standing(kwargs) | kwargs))


def _standing(given: Document) -> Document:
    """Keep `status` and `listed` in step, whichever of them is given."""
    if "status" in given:
        return {"listed": given["status"] is ExpertStatus.LISTED}
    is_listed = given.get("listed", True)
    return {"status": ExpertStatus.LISTED if is_listed else ExpertStatus.PAUSED}


def _expert_fields(person: Person) -> Document:
    slug = slug_of(person)
    minor = price_minor(person.price, person.currency)
    return {
        "slug": slug,
        "name": person.name,
        "sort_name": sort_name(person.name),
        "headline": person.headline,
        "category": person.category,
        "bio": person.bio,
        "skills": list(person.skills),
        "languages": list(person.languages),
        "experience_years": person.experience_years,
        "rating": person.rating,
        "session_minutes": person.session // timedelta(minutes=1),
        "price_minor": minor,
        "currency": person.currency,
        "price_rank": price_rank(minor, person.currency),
        "has_price": True,
        "zone": person.zone,
        "email": f"{slug}@{_MAIL_HOSTS[crc32(slug.encode()) % len(_MAIL_HOSTS)]}",
        "search_terms": search_terms(person.name, person.headline, person.skills),
        "next_free_at": NEVER,
    }


_FIRST_START = datetime(2035, 1, 1, 9, tzinfo=UTC)
_starts = (_FIRST_START + number * timedelta(hours=1) for number in count())


def _an_hour_later(_: str, values: Document) -> datetime:
    starts_at: datetime = values["starts_at"]
    return starts_at + timedelta(hours=1)


def _a_day_before(_: str, values: Document) -> datetime:
    starts_at: datetime = values["starts_at"]
    return starts_at - _DAY


def _as_changed(_: str, values: Document) -> datetime:
    return values.get("changed_at") or _a_day_before("", values)


def _five_minutes_before(_: str, values: Document) -> datetime:
    starts_at: datetime = values["starts_at"]
    return starts_at - LEAD


class SlotFactory(OdmanticModelFactory[Slot]):
    """Makes open slots of an hour, each an hour after the one before, published a day ahead."""

    __use_defaults__ = True

    expert_id = Use(ObjectId)
    starts_at = Use(lambda: next(_starts))
    ends_at = PostGenerated(_an_hour_later)
    closes_at = PostGenerated(_five_minutes_before)
    published_at = PostGenerated(_as_changed)
    changed_at = PostGenerated(_a_day_before)


class AttendeeFactory(OdmanticModelFactory[Attendee]):
    """Makes attendees."""

    name = "Ann Example"
    email = Use(lambda: f"ann+{next(_numbers)}@example.org")
    phone = ""
    notes = ""
    zone = "Europe/Berlin"
    language = "en"


def _as_booked(_: str, values: Document) -> list[Change]:
    starts_at, ends_at = values["starts_at"], values["ends_at"]
    booked_at = _a_day_before("", values)
    return [Change(step=Step.BOOKED, at=booked_at, starts_at=starts_at, ends_at=ends_at)]


class BookingFactory(OdmanticModelFactory[Booking]):
    """Makes confirmed bookings of a slot that need not exist, made a day before they start."""

    __use_defaults__ = True

    reference = Use(lambda: f"R{next(_numbers)}")
    visitor_id = Use(lambda: f"visitor-{next(_numbers)}")
    slot_id = Use(ObjectId)
    expert_id = Use(ObjectId)
    starts_at = Use(lambda: next(_starts))
    ends_at = PostGenerated(_an_hour_later)
    attendee = Use(AttendeeFactory.build)
    address = PostGenerated(lambda _, values: values["attendee"].email.lower())
    agreed = Use(lambda: ExpertFactory.build().agreed())
    request_key = Use(lambda: f"key-{next(_numbers)}")
    history = PostGenerated(_as_booked)
    created_at = PostGenerated(_a_day_before)
    changed_at = PostGenerated(_a_day_before)


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
        done = await asyncio.gather(*(publish(database, key, now=clock()) for key in few))
        added += sum(published.added for published in done)
    return added


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
