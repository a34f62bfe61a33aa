"""The rules of a slot: when it is free, who may hold it and how long, what a viewer is told."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

LEAD = timedelta(minutes=5)
"""A time closes this long before it starts: nobody can take what begins while they type."""

MAX_EXTENSIONS = 10
"""How often one hold can be extended (WCAG 2.2, success criterion 2.2.1, asks for ten)."""


class SlotState(StrEnum):
    """What the database says of a slot. Whether it is free also depends on the clock."""

    OPEN = "open"
    HELD = "held"
    BOOKED = "booked"
    WITHDRAWN = "withdrawn"


class Status(StrEnum):
    """What a viewer is told about a slot."""

    FREE = "free"
    HELD = "held"
    BOOKED = "booked"
    CLOSED = "closed"


CLAIMABLE = (SlotState.OPEN, SlotState.HELD)
"""States in which a slot can be claimed once its `held_until` is not in the future."""


class SlotFacts(Protocol):
    """The part of a slot that the rules look at. Instants are aware and in UTC."""

    starts_at: datetime
    state: SlotState
    held_by: str | None
    held_since: datetime
    held_until: datetime


def closes_at(slot: SlotFacts) -> datetime:
    """Return the instant from which a slot can no longer be held."""
    return slot.starts_at - LEAD


def is_free(slot: SlotFacts, now: datetime) -> bool:
    """Say whether anyone may hold the slot at `now`; a lapsed hold counts as free."""
    return slot.state in CLAIMABLE and slot.held_until <= now < closes_at(slot)


def is_held_by(slot: SlotFacts, visitor_id: str, now: datetime) -> bool:
    """Say whether this visitor holds the slot at `now` by a hold that has not lapsed."""
    return slot.state == SlotState.HELD and slot.held_by == visitor_id and now < slot.held_until


def may_book(slot: SlotFacts, visitor_id: str, now: datetime) -> bool:
    """Say whether this visitor's hold can become a booking: lapsed but untaken still counts."""
    return slot.state == SlotState.HELD and slot.held_by == visitor_id and now < slot.starts_at


def hold_deadline(slot: SlotFacts, now: datetime, hold_for: timedelta) -> datetime:
    """Return the `held_until` of a hold taken at `now`; it never passes the slot's start."""
    return min(now + hold_for, slot.starts_at)


def extended_deadline(slot: SlotFacts, hold_for: timedelta) -> datetime | None:
    """Return the next `held_until` of a live hold, or None once it can be extended no further.

    Each extension adds `hold_for`; ten of them, and never past the slot's start.
    """
    latest = slot.held_since + (MAX_EXTENSIONS + 1) * hold_for
    deadline = min(slot.held_until + hold_for, slot.starts_at, latest)
    return deadline if deadline > slot.held_until else None


def status(slot: SlotFacts, now: datetime) -> Status:
    """Return what a viewer is told about the slot at `now`, whoever they are."""
    if slot.state == SlotState.BOOKED:
        return Status.BOOKED
    if slot.state == SlotState.WITHDRAWN or now >= closes_at(slot):
        return Status.CLOSED
    return Status.FREE if slot.held_until <= now else Status.HELD
