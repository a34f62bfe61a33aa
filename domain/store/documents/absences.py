"""Absences and, for each displaced session, what its attendee was asked and answered."""

from collections.abc import Iterable
from datetime import date, datetime
from enum import StrEnum

from odmantic import EmbeddedModel, Field, Model, ObjectId
from odmantic.config import ODMConfigDict
from pymongo import ASCENDING, IndexModel

from domain.rules.absences import DEFAULT_OFFER_HOURS, EXCEPTION_PREFIX


class AbsenceState(StrEnum):
    """How far an absence has come.

    It counts as declared, or revoked, from the first write. A job finishes what a killed process
    left.
    """

    DECLARING = "declaring"
    """Hours may still be open, and attendees may not have been asked yet."""
    STANDING = "standing"
    REVOKING = "revoking"
    """Offers may still be kept, and attendees may not have been told yet."""
    REVOKED = "revoked"


def _absence_indexes() -> Iterable[IndexModel]:
    dates = [("expert_id", ASCENDING), ("first_on", ASCENDING), ("last_on", ASCENDING)]
    yield IndexModel(
        dates,
        unique=True,
        name="one_of_the_same_days",
        partialFilterExpression={"is_live": True},
    )
    yield IndexModel([("expert_id", ASCENDING), ("created_at", ASCENDING)], name="expert_created")
    yield IndexModel([("state", ASCENDING)], name="state")
    yield IndexModel([("kept_until", ASCENDING)], name="kept_until")


class Absence(Model):
    """Days on which an expert can't meet anybody, from one date to another, both included."""

    model_config = ODMConfigDict(collection="absences", indexes=_absence_indexes)

    expert_id: ObjectId
    first_on: str
    """A date in the expert's zone (ISO 8601), like the next one."""
    last_on: str
    message: str = ""
    """What the expert writes to attendees. Personal: never public."""
    offer_hours: int = DEFAULT_OFFER_HOURS
    state: AbsenceState = AbsenceState.DECLARING
    is_live: bool = True
    """False once it is revoked."""
    rev: int = 1
    """Raised by whatever depends on `is_live`, so that it conflicts with a revocation."""
    created_at: datetime
    revoked_at: datetime | None = None
    kept_until: datetime
    """When it is deleted, together with its replacements."""

    @property
    def first_day(self) -> date:
        """Return the first of its days."""
        return date.fromisoformat(self.first_on)

    @property
    def last_day(self) -> date:
        """Return the last of its days."""
        return date.fromisoformat(self.last_on)

    @property
    def exception_key(self) -> str:
        """Return the key of the exception that closes its days in the expert's hours."""
        return f"{EXCEPTION_PREFIX}{self.id}"


class ReplacementState(StrEnum):
    """What came of the question to the attendee of a displaced session."""

    ASKED = "asked"
    """The attendee has not answered yet."""
    MOVED = "moved"
    CANCELLED = "cancelled"
    """By the attendee or, at the desk, by the expert."""
    UNANSWERED = "unanswered"
    """It was cancelled when it would have begun; its offers last until they end."""
    REVOKED = "revoked"
    """It takes place after all."""


class KeptTime(EmbeddedModel):
    """A slot that is kept for a booking."""

    slot_id: ObjectId
    until: datetime
    """The slot's `held_until`."""
    stand_in_id: ObjectId | None = None
    """The expert whose slot it is; None: the booking's own."""
    price_minor: int | None = None
    """What a stand-in's time costs, in the booking's currency; None: what was agreed."""


def _replacement_indexes() -> Iterable[IndexModel]:
    yield IndexModel(
        [("booking_id", ASCENDING)],
        unique=True,
        name="asked_once",
        partialFilterExpression={"state": ReplacementState.ASKED.value},
    )
    for first, second in (
        ("booking_id", "asked_at"),
        ("absence_id", "starts_at"),
        ("state", "starts_at"),
    ):
        keys = [(first, ASCENDING), (second, ASCENDING)]
        yield IndexModel(keys, name=f"{first.removesuffix('_id')}_{second.partition('_')[0]}")
    yield IndexModel([("offers.until", ASCENDING)], name="offers_until")
    yield IndexModel([("offers.slot_id", ASCENDING)], name="offers_slot")
    yield IndexModel([("kept_until", ASCENDING)], name="kept_until")


class Replacement(Model):
    """What the attendee of a displaced session is offered instead."""

    model_config = ODMConfigDict(collection="replacements", indexes=_replacement_indexes)

    absence_id: ObjectId
    booking_id: ObjectId
    expert_id: ObjectId
    starts_at: datetime
    """When the session was to begin."""
    state: ReplacementState = ReplacementState.ASKED
    offers: list[KeptTime] = Field(default_factory=list)
    """The slots that are kept for the booking: exactly those that say so themselves."""
    asked_at: datetime
    answered_at: datetime | None = None
    kept_until: datetime
