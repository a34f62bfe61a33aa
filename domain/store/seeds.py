"""Seeds: factories for documents, and the catalogue that a fresh database starts with."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from itertools import count, islice
from typing import Any, NamedTuple
from zlib import crc32

from odmantic import Model, ObjectId
from polyfactory import PostGenerated, Use
from polyfactory.factories.odmantic_odm_factory import OdmanticModelFactory

from domain import terms as term_rules
from domain.availability import Interval
from domain.instants import EPOCH, NEVER
from domain.slots import LEAD
from domain.store.database import Database, Document
from domain.store.documents import Attendee, Booking, Change, Expert, Slot, Step, Terms
from domain.store.people import Person, invented, people
from domain.store.people.diary import times
from domain.store.people.person import slug_of
from domain.store.people.prices import price_minor, price_rank
from domain.store.people.terms import terms_of
from domain.store.publishing import insert_new, publish
from domain.words import fold, terms

_EXPERTS_AT_ONCE = 100
_DAY = timedelta(days=1)

_PERSON_FIELDS = frozenset(field.name for field in fields(Person))
_MAIL_HOSTS = ("example.com", "example.net", "example.org")
_numbers = count(1_000_000)


class ExpertFactory(OdmanticModelFactory[Expert]):
    """Makes experts from people: by default from one invented after another.

    `person` says whom to make. What overrides the name, headline or skills counts for the slug,
    the sorting and the search terms as well.
    """

    __use_defaults__ = True

    @classmethod
    def process_kwargs(cls, *, person: Person | None = None, **kwargs: Any) -> dict[str, Any]:  # noqa: ANN401 - polyfactory's signature
        """Fill in the fields of the person, under those that were given."""
        known = {name: value for name, value in kwargs.items() if name in _PERSON_FIELDS}
        whom = replace(person or invented(next(_numbers)), **known)
        return super().process_kwargs(**(_expert_fields(whom) | kwargs))


def _expert_fields(person: Person) -> Document:
    slug = slug_of(person)
    minor = price_minor(person.price, person.currency)
    return {
        "slug": slug,
        "name": person.name,
        "sort_name": fold(person.name),
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
        "zone": person.zone,
        "email": f"{slug}@{_MAIL_HOSTS[crc32(slug.encode()) % len(_MAIL_HOSTS)]}",
        "search_terms": terms(person.name, person.headline, *person.skills),
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
    request_key = Use(lambda: f"key-{next(_numbers)}")
    history = PostGenerated(_as_booked)
    created_at = PostGenerated(_a_day_before)
    changed_at = PostGenerated(_a_day_before)


async def seed_catalogue(
    database: Database, *, experts: int = 30, clock: Callable[[], datetime]
) -> int:
    """Add what is missing of the first `experts` people and of their times for four weeks.

    Safe to run at any time, and from several processes at once: experts are told apart by their
    slug and times by expert and start, and what is there already stays as it is. Run again later
    it publishes the days that have come within reach. Each part of a large catalogue is published
    at an instant of its own: whoever follows what has changed misses nothing.

    Returns:
        How many experts and slots were added, counted together.
    """
    added = 0
    everybody = people(experts)
    while some := list(islice(everybody, _EXPERTS_AT_ONCE)):
        added += await _seed_people(database, some, clock())
    return added


async def _seed_people(database: Database, some: Sequence[Person], now: datetime) -> int:
    diaries = {slug_of(person): times(person, now) for person in some}
    missing = diaries.keys() - {expert.slug for expert in await _offering(database, diaries)}
    added = await insert_new(
        database,
        Expert,
        (
            _document_of(
                ExpertFactory.build(
                    person=person,
                    terms=terms_of(person),
                    next_free_at=_first(diaries[slug]),
                    next_free_until=EPOCH,
                )
            )
            for person in some
            if (slug := slug_of(person)) in missing
        ),
    )
    offering = await _offering(database, diaries)
    unpublished = [
        (expert, await _unpublished(database, expert.id, diaries[expert.slug], now))
        for expert in offering
    ]
    added += await publish(database, [*_slot_documents(unpublished, now)], now=now)
    for expert, added_times in unpublished:
        if added_times and expert.slug not in missing:
            await database.collection(Expert).update_one(
                {"_id": expert.id},
                {"$min": {"next_free_at": _first(added_times), "next_free_until": EPOCH}},
            )
    return added


def _first(diary: Sequence[Interval]) -> datetime:
    return diary[0].starts_at if diary else NEVER


def _document_of(model: Model) -> Document:
    return dict(model.model_dump_doc())


class _Offering(NamedTuple):
    """What has to be known of an expert to publish their times."""

    id: ObjectId
    slug: str
    terms: Terms


async def _offering(database: Database, slugs: Iterable[str]) -> list[_Offering]:
    cursor = database.collection(Expert).find({"slug": {"$in": list(slugs)}}, ["slug", "terms"])
    return [
        _Offering(found["_id"], found["slug"], Terms.model_validate_doc(found["terms"]))
        async for found in cursor
    ]


async def _unpublished(
    database: Database, expert_id: ObjectId, diary: Sequence[Interval], now: datetime
) -> list[Interval]:
    """Return the times that meet none of the same expert's in the database."""
    query = {"expert_id": expert_id, "starts_at": {"$gt": now - _DAY}}
    cursor = database.collection(Slot).find(query, {"_id": 0, "starts_at": 1, "ends_at": 1})
    there = [Interval(slot["starts_at"], slot["ends_at"]) async for slot in cursor]
    return list(_apart(diary, sorted(there)))


def _apart(diary: Sequence[Interval], there: Sequence[Interval]) -> Iterator[Interval]:
    """Yield the intervals of an ordered diary that overlap none of the others, ordered too."""
    others = iter(there)
    other = next(others, None)
    for interval in diary:
        while other is not None and other.ends_at <= interval.starts_at:
            other = next(others, None)
        if other is None or interval.ends_at <= other.starts_at:
            yield interval


def _slot_documents(
    diaries: Iterable[tuple[_Offering, list[Interval]]], now: datetime
) -> Iterator[Document]:
    """Yield slots as documents; a model for each would take longer than writing them."""
    pattern = _document_of(SlotFactory.build(changed_at=now))
    for expert, diary in diaries:
        for starts_at, ends_at in diary:
            yield pattern | {
                "_id": ObjectId(),
                "expert_id": expert.id,
                "starts_at": starts_at,
                "ends_at": ends_at,
                "opens_at": term_rules.opens_at(expert.terms, starts_at),
                "closes_at": term_rules.closes_at(expert.terms, starts_at),
            }
