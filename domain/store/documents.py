"""What is kept: one model for each collection, with the indexes that its queries use."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from odmantic import EmbeddedModel, Model, ObjectId
from odmantic.config import ODMConfigDict
from pymongo import ASCENDING, DESCENDING, IndexModel

from domain.instants import EPOCH, NEVER
from domain.slots import SlotState
from domain.store.mail import Mail
from domain.store.waits import PlaceRequest, Wait


def _expert_indexes() -> Iterable[IndexModel]:
    yield IndexModel([("slug", ASCENDING)], unique=True, name="slug")
    for field in ("search_terms", "category", "languages", "next_free_until"):
        yield IndexModel([("listed", ASCENDING), (field, ASCENDING)], name=f"listed_{field}")
    for order, first in (
        ("name", []),
        ("rating", [("rating", DESCENDING)]),
        ("price", [("price_rank", ASCENDING)]),
        ("soonest", [("next_free_at", ASCENDING)]),
    ):
        ties = [("sort_name", ASCENDING), ("slug", ASCENDING)]
        yield IndexModel([("listed", ASCENDING), *first, *ties], name=f"order_{order}")


class Terms(EmbeddedModel):
    """What an expert asks of whoever books, told before one does; the rules of `domain.terms`."""

    notice_minutes: int = 0
    horizon_days: int = 365
    cancel_before_minutes: int = 0
    reschedule_before_minutes: int = 0
    max_reschedules: int | None = None


class Expert(Model):
    """Somebody who can be booked."""

    model_config = ODMConfigDict(collection="experts", indexes=_expert_indexes)

    slug: str
    name: str
    sort_name: str
    """The name folded for sorting: lower case, no accents."""
    headline: str
    category: str
    bio: str
    skills: list[str]
    languages: list[str]
    """ISO 639-1 codes."""
    experience_years: int
    rating: float
    """From 1.0 to 5.0, one decimal."""
    session_minutes: int
    price_minor: int
    """The price of one session in the currency's minor units."""
    currency: str
    price_rank: int
    """The price in US cents by a fixed table, so that prices in several currencies sort."""
    zone: str
    email: str
    """Private: where the expert is told of bookings. Never shown."""
    search_terms: list[str]
    """Folded words of name, headline and skills; a search matches their beginnings."""
    next_free_at: datetime
    """The start of the first free time, as far as known; NEVER when there is none."""
    next_free_until: datetime = NEVER
    """When the clock alone makes `next_free_at` untrue: that time closes, or another one opens."""
    terms: Terms = Terms()
    listed: bool = True


def _slot_indexes() -> Iterable[IndexModel]:
    by_expert_and_start = [("expert_id", ASCENDING), ("starts_at", ASCENDING)]
    yield IndexModel(by_expert_and_start, unique=True, name="expert_starts")
    yield IndexModel([("expert_id", ASCENDING), ("changed_at", ASCENDING)], name="expert_changed")
    # Of open slots alone: one of all states would be preferred to those that begin with an expert.
    yield IndexModel(
        [("state", ASCENDING), ("starts_at", ASCENDING)],
        name="open_state_starts",
        partialFilterExpression={"state": SlotState.OPEN.value},
    )
    held = {"state": SlotState.HELD.value}
    yield IndexModel(
        [("state", ASCENDING), ("held_until", ASCENDING)],
        name="held_state_until",
        partialFilterExpression=held,
    )
    yield IndexModel(
        [("state", ASCENDING), ("held_by", ASCENDING)],
        name="held_state_by",
        partialFilterExpression=held,
    )


class Slot(Model):
    """One bookable interval `[starts_at, ends_at)` of one expert. It names nobody."""

    model_config = ODMConfigDict(collection="slots", indexes=_slot_indexes)

    expert_id: ObjectId
    starts_at: datetime
    ends_at: datetime
    opens_at: datetime = EPOCH
    """From when it can be held, and below until when, by its expert's terms."""
    closes_at: datetime
    state: SlotState = SlotState.OPEN
    held_by: str | None = None
    held_since: datetime = EPOCH
    held_until: datetime = EPOCH
    booking_id: ObjectId | None = None
    rev: int = 1
    changed_at: datetime


class BookingStatus(StrEnum):
    """What became of a booking. That it is over is derived from the clock."""

    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"


class Attendee(EmbeddedModel):
    """Who comes. Personal: never in logs, never on the event stream."""

    name: str
    email: str
    phone: str
    notes: str
    zone: str
    language: str


class Step(StrEnum):
    """What can happen to a booking."""

    BOOKED = "booked"
    RESCHEDULED = "rescheduled"
    CANCELLED = "cancelled"


class Change(EmbeddedModel):
    """A step in a booking's history, and the time that the booking had from then on."""

    step: Step
    at: datetime
    starts_at: datetime
    ends_at: datetime


def _booking_indexes() -> Iterable[IndexModel]:
    yield IndexModel([("reference", ASCENDING)], unique=True, name="reference")
    yield IndexModel([("request_key", ASCENDING)], unique=True, name="request_key")
    yield IndexModel(
        [("expert_id", ASCENDING), ("starts_at", ASCENDING)],
        unique=True,
        name="one_confirmed_booking_of_a_time",
        partialFilterExpression={"status": BookingStatus.CONFIRMED.value},
    )
    yield IndexModel([("visitor_id", ASCENDING), ("starts_at", ASCENDING)], name="visitor_starts")
    yield IndexModel([("address", ASCENDING), ("starts_at", ASCENDING)], name="address_starts")
    yield IndexModel([("erased_at", ASCENDING), ("ends_at", ASCENDING)], name="erased_ends")


class Booking(Model):
    """A confirmed claim of one slot by one attendee."""

    model_config = ODMConfigDict(collection="bookings", indexes=_booking_indexes)

    reference: str
    visitor_id: str
    slot_id: ObjectId
    expert_id: ObjectId
    starts_at: datetime
    ends_at: datetime
    attendee: Attendee
    address: str
    """The attendee's e-mail in lower case: what a sign-in link proves."""
    status: BookingStatus = BookingStatus.CONFIRMED
    request_key: str
    history: list[Change]
    """From the booking itself to the last change: one entry for each revision."""
    erased_at: datetime | None = None
    """When the person was taken out of it."""
    rev: int = 1
    created_at: datetime
    changed_at: datetime


def _sign_in_link_indexes() -> Iterable[IndexModel]:
    yield IndexModel([("key", ASCENDING)], unique=True, name="key")
    yield IndexModel([("address", ASCENDING), ("created_at", ASCENDING)], name="address_created")
    yield IndexModel([("source", ASCENDING), ("created_at", ASCENDING)], name="source_created")
    yield IndexModel(
        [("created_at", ASCENDING)], name="gone_after_two_hours", expireAfterSeconds=7200
    )


class SignInLink(Model):
    """A request to prove an address. Spent by one conditional write."""

    model_config = ODMConfigDict(collection="sign_in_links", indexes=_sign_in_link_indexes)

    key: str
    """Random; the mailed link carries it, signed."""
    address: str
    source: str
    """A keyed digest of where the request came from, to limit how many it may make."""
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = None
    used_by: str = ""
    """The browser that used it, whose form may arrive again."""


DOCUMENTS: tuple[type[Model], ...] = (Expert, Slot, Booking, SignInLink, Mail, Wait, PlaceRequest)
