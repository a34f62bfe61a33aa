"""What is kept of a booking: who comes, what was agreed, and everything that happened to it."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from odmantic import EmbeddedModel, Field, Model, ObjectId
from odmantic.config import ODMConfigDict
from pymongo import ASCENDING, IndexModel

from domain.store.documents.agreements import Agreed, Consent


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
    """Who can change a booking."""

    ATTENDEE = "attendee"
    EXPERT = "expert"
    ADMINISTRATOR = "administrator"
    """On the attendee's or the expert's behalf."""


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
    by: Party | None = None
    """ADMINISTRATOR, if one booked or moved it; who cancelled a booking is said in the booking."""
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
    yield IndexModel([("starts_at", ASCENDING), ("_id", ASCENDING)], name="starts")
    yield from _search_indexes()


def _search_indexes() -> Iterable[IndexModel]:
    """Yield what administrators find bookings by; each ends with the order of the list."""
    order = [("starts_at", ASCENDING), ("_id", ASCENDING)]
    yield IndexModel([("expert_id", ASCENDING), *order], name="expert_starts")
    yield IndexModel([("found_by", ASCENDING), *order], name="found_by_starts")
    yield IndexModel(
        [("status", ASCENDING), *order],
        name="cancelled_starts",
        partialFilterExpression={"status": BookingStatus.CANCELLED.value},
    )
    yield IndexModel(
        [("attendance", ASCENDING), *order],
        name="attendance_starts",
        partialFilterExpression={"attendance": {"$gt": ""}},
    )


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
    consents: list[Consent] = Field(default=[])
    """What the attendee agreed to of the site's own texts; a later change of these asks nobody."""
    status: BookingStatus = BookingStatus.CONFIRMED
    cancelled_by: Party | None = None
    """Who cancelled it; also None if that was never noted."""
    cancel_message: str = ""
    """What expert or administrator wrote to the attendee on cancelling it. Personal."""
    move_message: str = ""
    """What an administrator wrote to the attendee with the last move. Personal."""
    attendance: Attendance | None = None
    note: str = ""
    """The expert's own, for nobody else. Personal: it may speak of the attendee."""
    found_by: list[str] = Field(default=[])  # of a factory's, none may be missing in a document
    """Beginnings of words of the attendee's name and address, folded, and the reference: what
    administrators find it by. Personal."""
    request_key: str
    proven: bool = False
    """Whether its browser had proven the address, or the mailed link has."""
    history: list[Change]
    """From the booking itself to the last change: one entry for each revision."""
    erased_at: datetime | None = None
    """When the person was taken out of it."""
    rev: int = 1
    created_at: datetime
    changed_at: datetime

    @property
    def is_made_for_them(self) -> bool:
        """Say whether an administrator booked it, with what the attendee said on the phone."""
        return self.history[0].by is Party.ADMINISTRATOR

    @property
    def is_displaced(self) -> bool:
        """Say whether its expert is absent then, and the attendee has yet to answer."""
        is_asked = self.history[-1].step is Step.DISPLACED
        return is_asked and self.status is BookingStatus.CONFIRMED

    @property
    def is_moved_for_both(self) -> bool:
        """Say whether an administrator made the last step, and it was a move."""
        last = self.history[-1]
        return last.step is Step.RESCHEDULED and last.by is Party.ADMINISTRATOR
