"""The waitlist as it is kept: one document for each entry that a browser asked for."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum

from odmantic import Model, ObjectId
from odmantic.config import ODMConfigDict
from pymongo import ASCENDING, DESCENDING, IndexModel

KEPT_AFTER = timedelta(days=1)
"""How long an entry that came to nothing stays once its day is over."""


class EntryState(StrEnum):
    """How an entry stands."""

    WAITING = "waiting"
    OFFERED = "offered"
    """A time is theirs for the moment; the entry ends with the offer."""


UNIQUE_FIELDS = ("expert_id", "address", "starts_at", "ends_at", "visitor_id")
"""What an entry is unique by."""


def _waitlist_indexes() -> Iterable[IndexModel]:
    yield IndexModel([("key", ASCENDING)], unique=True, name="key")
    yield IndexModel([(field, ASCENDING) for field in UNIQUE_FIELDS], unique=True, name="one_place")
    yield IndexModel(
        [
            *(("expert_id", ASCENDING), ("state", ASCENDING)),
            *(("proven", DESCENDING), ("joined_at", ASCENDING), ("_id", ASCENDING)),
        ],
        name="by_turn",
    )
    yield IndexModel([("state", ASCENDING), ("offered_until", ASCENDING)], name="state_until")
    yield IndexModel([("state", ASCENDING), ("slot_id", ASCENDING)], name="state_slot")
    yield IndexModel([("visitor_id", ASCENDING), ("expert_id", ASCENDING)], name="visitor_expert")
    yield IndexModel([("address", ASCENDING), ("joined_at", ASCENDING)], name="address_joined")
    yield IndexModel(
        [("ends_at", ASCENDING)],
        name="waiting_gone_when_over",
        expireAfterSeconds=int(KEPT_AFTER.total_seconds()),
        # Without its entry, what was offered while no server ran would be kept for ever.
        partialFilterExpression={"state": EntryState.WAITING.value},
    )


class WaitlistEntry(Model):
    """Somebody's entry for an expert's times that start in `[starts_at, ends_at)`.

    Personal: never in logs, never on the event stream. An address that joined from two browsers
    has two of them, each with its own turn: neither learns of the other, or can be put out by it.
    """

    model_config = ODMConfigDict(collection="waitlist", indexes=_waitlist_indexes)

    key: str
    """Random; mailed addresses carry it, signed."""
    expert_id: ObjectId
    starts_at: datetime
    ends_at: datetime
    address: str
    """The e-mail in lower case, which is written to."""
    visitor_id: str
    """The browser that an offer is held for."""
    zone: str
    language: str
    joined_at: datetime
    proven: bool = False
    """Whether the browser had proven the address, or the mailed link has: then it goes first."""
    state: EntryState = EntryState.WAITING
    slot_id: ObjectId | None = None
    offered_until: datetime | None = None
