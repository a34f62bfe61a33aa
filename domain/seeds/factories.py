"""Factories for documents, by polyfactory."""

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from zlib import crc32

from odmantic import ObjectId
from polyfactory import PostGenerated, Use
from polyfactory.factories.odmantic_odm_factory import OdmanticModelFactory

from domain.rules.instants import NEVER
from domain.rules.prices import price_minor, price_rank
from domain.rules.profiles import search_terms, sort_name
from domain.rules.slots import LEAD
from domain.seeds.people import Person, invented
from domain.seeds.people.person import slug_of
from domain.store.bookings.searching import words_of
from domain.store.core.database import Document
from domain.store.documents import Attendee, Booking, Change, Expert, Slot, Step
from domain.store.documents.agreements import Consent
from domain.store.documents.profiles import ExpertStatus

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
    consents = Use(list[Consent])
    request_key = Use(lambda: f"key-{next(_numbers)}")
    history = PostGenerated(_as_booked)
    created_at = PostGenerated(_a_day_before)
    changed_at = PostGenerated(_a_day_before)

    @classmethod
    def process_kwargs(cls, **kwargs: Any) -> dict[str, Any]:  # noqa: ANN401 - polyfactory's signature
        """Have it found by its words, unless others were given."""
        made = super().process_kwargs(**kwargs)
        return {"found_by": words_of(made["attendee"], made["reference"]), **made}
