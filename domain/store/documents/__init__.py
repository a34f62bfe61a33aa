"""What is kept: one model for each collection, with the indexes that its queries use."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from odmantic import EmbeddedModel, Model, ObjectId
from odmantic.config import ODMConfigDict
from pymongo import ASCENDING, DESCENDING, IndexModel

from domain.rules.instants import EPOCH, NEVER
from domain.rules.slots import SlotState
from domain.store.documents.absences import Absence, Replacement
from domain.store.documents.agreements import Agreed, Meeting, Terms
from domain.store.documents.counts import Count
from domain.store.documents.hours import WorkingHours
from domain.store.documents.mails import Mail
from domain.store.documents.profiles import ExpertStatus, Portrait
from domain.store.documents.waits import Wait


def _expert_indexes() -> Iterable[IndexModel]:
    yield IndexModel([("slug", ASCENDING)], unique=True, name="slug")
    yield IndexModel([("slugs", ASCENDING)], unique=True, name="slugs")
    yield IndexModel([("address", ASCENDING)], name="address")
    yield IndexModel([("status", ASCENDING), ("applied_at", ASCENDING)], name="status_applied")
    yield IndexModel([("calendar_key", ASCENDING)], name="calendar_key")
    yield IndexModel([("morning_mail_at", ASCENDING)], name="morning_mail")
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
    yield IndexModel(
        [("plan_due_at", ASCENDING)],
        name="plan_due",
        partialFilterExpression={"has_hours": True},
    )
    yield IndexModel(
        [("category", ASCENDING), ("session_minutes", ASCENDING), ("price_minor", ASCENDING)],
        name="stand_ins",
        partialFilterExpression={"stands_in": True},
    )


class Expert(Model):
    """Somebody who can be booked."""

    model_config = ODMConfigDict(collection="experts", indexes=_expert_indexes)

    slug: str
    slugs: list[str]
    """The first name in the expert's address and all later ones, the present one among them.

    Nobody else gets any of them.
    """
    name: str
    sort_name: str
    """The name folded for sorting: lower case, no accents."""
    headline: str
    category: str
    bio: str
    text_language: str = "en"
    """The language of headline, biography and skills (ISO 639-1)."""
    skills: list[str]
    languages: list[str]
    """ISO 639-1 codes."""
    experience_years: int
    rating: float
    """From 1.0 to 5.0, one decimal; 0 as long as nobody has rated the expert."""
    session_minutes: int
    price_minor: int
    """The price of one session in the currency's minor units."""
    currency: str
    price_rank: int
    """The price in US cents by a fixed table, so that prices in several currencies sort."""
    zone: str
    email: str
    """Private: where the expert is told of bookings. Never shown."""
    address: str
    """The e-mail in lower case: what a sign-in link proves to open the expert's desk."""
    signed_out_at: datetime = EPOCH
    """Sign-ins to the desk from before count no longer."""
    calendar_key: str | None = None
    """Names the calendar of the agenda to those who know it; None until the expert asks for one."""
    morning_mail_at: datetime = NEVER
    """When the next mail with the sessions of the day is due; NEVER unless the expert wants it."""
    search_terms: list[str]
    """Folded words of name, headline and skills; a search matches their beginnings."""
    next_free_at: datetime
    """The start of the first free time, as far as known; NEVER when there is none."""
    next_free_until: datetime = NEVER
    """When the clock alone makes `next_free_at` untrue: that time closes, or another one opens."""
    terms: Terms = Terms()
    meeting: Meeting = Meeting()
    portrait: str = ""
    """The digest of the expert's own picture; empty where the drawn one is shown."""
    status: ExpertStatus = ExpertStatus.LISTED
    listed: bool = True
    """Whether the status is `listed`: queries and indexes go by it."""
    profile_rev: int = 0
    """Raised by every change of the profile: a form that shows an older one is shown again."""
    applied_at: datetime | None = None
    """When the expert applied; None for one who never had to."""
    application: str = ""
    """What the expert wrote on applying, for administrators alone."""
    stands_in: bool = False
    """Whether the expert agrees to be offered to attendees of others who are absent."""
    hours: WorkingHours = WorkingHours()
    has_hours: bool = False
    """Whether hours were ever saved: the expert's slots come from them, else nobody plans them."""
    plan_rev: int = 0
    """Raised by every change of what the slots come from, and by every part of a plan."""
    tally: int = 0
    """Raised by every count of what is taken where there is a limit: two at once meet in it."""
    planned_at: datetime = EPOCH
    """When the slots were last all as the hours want them; EPOCH right after those changed."""
    plan_due_at: datetime = EPOCH
    """From when on a publisher is to plan them."""

    @property
    def gets_morning_mail(self) -> bool:
        """Say whether the expert is mailed the day's sessions each morning."""
        return self.morning_mail_at < NEVER

    def agreed(self) -> Agreed:
        """Return what a booking that is made now agrees to."""
        return Agreed(**{name: getattr(self, name) for name in Agreed.model_fields})


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
    withdrawn = {"state": SlotState.WITHDRAWN.value}
    yield IndexModel(
        [("state", ASCENDING), ("retiring", ASCENDING), ("changed_at", ASCENDING)],
        name="withdrawn_state_retiring_changed",
        partialFilterExpression=withdrawn,
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
    retiring: bool = False
    """Whether it no longer fits its expert's hours: once nobody has it, it is withdrawn. A
    withdrawn slot stays so until its expert has been planned again."""
    full: bool = False
    """Whether its expert has no session left on its day or in its week; never of a taken slot."""
    rev: int = 1
    published_at: datetime = EPOCH
    """When it last became a time that can be had: inserted, reopened, or given another end."""
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


class Party(StrEnum):
    """Who can cancel a booking."""

    ATTENDEE = "attendee"
    EXPERT = "expert"


class Attendance(StrEnum):
    """What the expert says became of a session that has begun."""

    ATTENDED = "attended"
    MISSED = "missed"


class Step(StrEnum):
    """What can happen to a booking."""

    BOOKED = "booked"
    RESCHEDULED = "rescheduled"
    CANCELLED = "cancelled"
    DISPLACED = "displaced"
    """Its expert is absent then, and has offered other times; the attendee has not answered yet."""
    RESTORED = "restored"
    """It takes place after all: the absence was revoked."""


class Change(EmbeddedModel):
    """A step in a booking's history, and the time that the booking had from then on.

    A step that took it from an absent expert to a stand-in names both.
    """

    step: Step
    at: datetime
    starts_at: datetime
    ends_at: datetime
    former_id: ObjectId | None = None
    former_name: str = ""
    stand_in_name: str = ""


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
    yield IndexModel([("expert_id", ASCENDING), ("ends_at", ASCENDING)], name="expert_ends")


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
    agreed: Agreed
    """What holds of it from the expert's profile, whatever becomes of that profile."""
    status: BookingStatus = BookingStatus.CONFIRMED
    cancelled_by: Party | None = None
    """Who cancelled it; None also where that was never noted."""
    cancel_message: str = ""
    """What the expert wrote to the attendee on cancelling it. Personal."""
    attendance: Attendance | None = None
    note: str = ""
    """The expert's own, for nobody else. Personal: it may speak of the attendee."""
    request_key: str
    history: list[Change]
    """From the booking itself to the last change: one entry for each revision."""
    erased_at: datetime | None = None
    """When the person was taken out of it."""
    rev: int = 1
    created_at: datetime
    changed_at: datetime

    @property
    def is_displaced(self) -> bool:
        """Say whether its expert is absent then, and the attendee has yet to answer."""
        is_asked = self.history[-1].step is Step.DISPLACED
        return is_asked and self.status is BookingStatus.CONFIRMED


def _sign_in_link_indexes() -> Iterable[IndexModel]:
    yield IndexModel([("key", ASCENDING)], unique=True, name="key")
    yield IndexModel([("address", ASCENDING), ("created_at", ASCENDING)], name="address_created")
    yield IndexModel(
        [("created_at", ASCENDING)], name="gone_after_two_hours", expireAfterSeconds=7200
    )


class LinkPurpose(StrEnum):
    """What comes of an address that a link has proven, beside signing in."""

    SIGN_IN = "sign_in"
    """Nothing."""
    APPLICATION = "application"
    """The application of the link's expert counts."""
    ADDRESS = "address"
    """It becomes the address of the link's expert."""


class SignInLink(Model):
    """A request to prove an address. Spent by one conditional write."""

    model_config = ODMConfigDict(collection="sign_in_links", indexes=_sign_in_link_indexes)

    key: str
    """Random; the mailed link carries it, signed."""
    address: str
    purpose: LinkPurpose = LinkPurpose.SIGN_IN
    expert_id: ObjectId | None = None
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = None
    used_by: str = ""
    """The browser that used it, whose form may arrive again."""


DOCUMENTS: tuple[type[Model], ...] = (
    *(Expert, Portrait, Slot, Booking, SignInLink, Mail),
    *(Wait, Count, Absence, Replacement),
)
