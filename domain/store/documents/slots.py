"""What is kept of a slot. It names nobody."""

from collections.abc import Iterable
from datetime import datetime

from odmantic import Model, ObjectId
from odmantic.config import ODMConfigDict
from pymongo import ASCENDING, IndexModel

from domain.rules.instants import EPOCH
from domain.rules.slots import SlotState


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
    yield IndexModel(
        [("retiring", ASCENDING), ("starts_at", ASCENDING)],
        name="retiring_starts",
        partialFilterExpression={"retiring": True},
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
    unproven_offers: int = 0
    """How often it was offered to a waitlist entry with an unproven address since it was published,
    or last booked."""
    rev: int = 1
    published_at: datetime = EPOCH
    """When it last became a time that can be had: inserted, reopened, or given another end."""
    changed_at: datetime
