"""What a slot has to be to be held or booked, and what becomes of it, as queries and updates.

The guards are the rules of `domain.rules.slots`; a property test holds them together.
"""

from datetime import datetime

from domain.rules.instants import EPOCH
from domain.rules.slots import CLAIMABLE, KEPT_FOR_SOMEBODY, SlotState
from domain.store.core.database import Document

_CLAIMABLE = [state.value for state in CLAIMABLE]
_KEPT_FOR_SOMEBODY = [state.value for state in KEPT_FOR_SOMEBODY]


def free_guard(now: datetime, *, full_too: bool = False) -> Document:
    """Match slots for which `domain.rules.slots.is_free` holds at `now`."""
    return {
        **_not_full(full_too),
        "state": {"$in": _CLAIMABLE},
        "held_until": {"$lte": now},
        "retiring": False,
        "opens_at": {"$lte": now},
        "closes_at": {"$gt": now},
        "starts_at": {"$gt": now},  # follows from the one before; the index knows only this one
    }


def unopened_guard(now: datetime) -> Document:
    """Match open slots that cannot be held yet at `now`."""
    return {
        "state": SlotState.OPEN.value,
        "opens_at": {"$gt": now},
        "starts_at": {"$gt": now},
    }


def booking_guard(visitor_id: str, now: datetime, *, full_too: bool = False) -> Document:
    """Match slots for which `domain.rules.slots.may_book` holds for this visitor at `now`."""
    return {
        **_not_full(full_too),
        "state": {"$in": _KEPT_FOR_SOMEBODY},
        "held_by": visitor_id,
        "starts_at": {"$gt": now},
    }


def _not_full(full_too: bool) -> Document:
    return {} if full_too else {"full": False}


def transition(now: datetime, **fields: object) -> Document:
    """Return the update of one change of a slot: each counts in `rev` and is dated."""
    return {"$set": {**fields, "changed_at": now}, "$inc": {"rev": 1}}


def opened(now: datetime) -> Document:
    """Return the update that gives a slot back to everybody."""
    return transition(
        now,
        state=SlotState.OPEN.value,
        held_by=None,
        held_since=EPOCH,
        held_until=EPOCH,
        booking_id=None,
    )


def freed(now: datetime, *, retiring: bool) -> Document:
    """Return the update of a slot that nobody has any more: everybody's, or withdrawn."""
    update = opened(now)
    if retiring:
        update["$set"]["state"] = SlotState.WITHDRAWN.value
    return update
