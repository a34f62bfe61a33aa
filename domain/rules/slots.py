"""The rules of a slot: when it is free, who may hold it and how long, and its public status."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Protocol

LEAD = timedelta(minutes=5)
"""Every time closes at least this long before it starts: nobody takes what begins as they type."""

LONGEST_SESSION = timedelta(hours=24)
"""No slot is longer: who looks for what overlaps an instant need look back no further."""

OFFER_FOR = timedelta(minutes=10)
"""How long a freed slot is offered to the first in line."""

MOST_UNPROVEN_OFFERS = 3
"""How often a slot is offered to people who have not proven their address, until it is booked. As
addresses can be invented: together they keep it from everybody else for half an hour at most."""

MAX_EXTENSIONS = 10
"""How often one hold can be extended (WCAG 2.2, success criterion 2.2.1, asks for ten)."""


class SlotState(StrEnum):
    """What the database says of a slot. Whether it is free also depends on the clock."""

    OPEN = "open"
    HELD = "held"
    OFFERED = "offered"
    """Held for somebody who was in line, or for a booking whose expert is absent. It never comes
    free by the clock alone: when the offer ends, it is passed on to the next in line before anybody
    else can have it."""
    BOOKED = "booked"
    WITHDRAWN = "withdrawn"


class Status(StrEnum):
    """The public status of a slot."""

    FREE = "free"
    HELD = "held"
    BOOKED = "booked"
    CLOSED = "closed"
    FULL = "full"
    """Its expert has no session left on that day, or in that week."""


CLAIMABLE = (SlotState.OPEN, SlotState.HELD)
"""States in which a slot can be claimed once its `held_until` is not in the future."""


KEPT_FOR_SOMEBODY = (SlotState.HELD, SlotState.OFFERED)
"""States in which a slot is one visitor's to book."""


class OpenFacts(Protocol):
    """What decides whether a slot is free. Instants are aware and in UTC."""

    @property
    def opens_at(self) -> datetime: ...  # noqa: D102 - as in SlotFacts
    @property
    def closes_at(self) -> datetime: ...  # noqa: D102
    @property
    def state(self) -> SlotState: ...  # noqa: D102
    @property
    def held_until(self) -> datetime: ...  # noqa: D102
    @property
    def retiring(self) -> bool: ...  # noqa: D102
    @property
    def full(self) -> bool: ...  # noqa: D102


class SlotFacts(Protocol):
    """The part of a slot that the rules look at. Instants are aware and in UTC."""

    starts_at: datetime
    opens_at: datetime
    closes_at: datetime
    state: SlotState
    held_by: str | None
    held_since: datetime
    held_until: datetime
    retiring: bool
    full: bool


class Timed(Protocol):
    """A slot or a booking, as far as it lasts from one instant to another."""

    starts_at: datetime
    ends_at: datetime


def length_of(timed: Timed) -> timedelta:
    """Return how long a session lasts."""
    return timed.ends_at - timed.starts_at


def is_free(slot: OpenFacts, now: datetime, *, full_too: bool = False) -> bool:
    """Say whether anyone may hold the slot at `now`; a lapsed hold counts as free.

    A retiring slot doesn't: it is withdrawn as soon as the lapsed hold is noticed. Nor does one on
    a day, or in a week, on which its expert has no session left; `full_too` is for a booking that
    is moved within such a day.
    """
    claimable = slot.state in CLAIMABLE and slot.held_until <= now
    is_had = not slot.retiring and (full_too or not slot.full)
    return claimable and is_had and slot.opens_at <= now < slot.closes_at


def is_held_by(slot: SlotFacts, visitor_id: str, now: datetime) -> bool:
    """Say whether this visitor holds the slot at `now` by a hold that has not lapsed."""
    return _is_kept_for(slot, visitor_id) and now < slot.held_until


def may_book(slot: SlotFacts, visitor_id: str, now: datetime, *, full_too: bool = False) -> bool:
    """Say whether this visitor's hold can become a booking: lapsed but untaken still counts."""
    return _is_kept_for(slot, visitor_id) and now < slot.starts_at and (full_too or not slot.full)


def _is_kept_for(slot: SlotFacts, visitor_id: str) -> bool:
    return slot.state in KEPT_FOR_SOMEBODY and slot.held_by == visitor_id


def hold_deadline(slot: SlotFacts, now: datetime, hold_for: timedelta) -> datetime:
    """Return the `held_until` of a hold taken at `now`; it never passes the slot's start."""
    return min(now + hold_for, slot.starts_at)


def offer_deadline(slot: SlotFacts, now: datetime) -> datetime:
    """Return the `held_until` of an offer made at `now`; it never passes the slot's start."""
    return min(now + OFFER_FOR, slot.starts_at)


def extended_deadline(slot: SlotFacts, hold_for: timedelta) -> datetime | None:
    """Return the next `held_until` of a live hold, or None once it can be extended no further.

    Each extension adds `hold_for`; ten of them, and never past the slot's start. An offer keeps its
    end: others are in line behind it.
    """
    if slot.state == SlotState.OFFERED:
        return None
    latest = slot.held_since + (MAX_EXTENSIONS + 1) * hold_for
    deadline = min(slot.held_until + hold_for, slot.starts_at, latest)
    return deadline if deadline > slot.held_until else None


def resumed_deadline(slot: SlotFacts, now: datetime, hold_for: timedelta) -> datetime | None:
    """Return the `held_until` of a live hold whose page is open again at `now`; None for an offer.

    It is as long as that of a new hold, and no longer than ten extensions would have made it. An
    offer goes by no page.
    """
    if slot.state == SlotState.OFFERED:
        return None
    latest = slot.held_since + (MAX_EXTENSIONS + 1) * hold_for
    return max(slot.held_until, min(hold_deadline(slot, now, hold_for), latest))


def status(slot: SlotFacts, now: datetime, *, full_too: bool = False) -> Status:
    """Return the slot's public status at `now`.

    `full_too` is for a booking that is rescheduled within a full day.
    """
    if slot.state == SlotState.BOOKED:
        return Status.BOOKED
    if slot.state == SlotState.WITHDRAWN or not slot.opens_at <= now < slot.closes_at:
        return Status.CLOSED
    if slot.full and not full_too:
        return Status.FULL
    return Status.FREE if is_free(slot, now, full_too=full_too) else Status.HELD


def true_until(slots: Iterable[SlotFacts], now: datetime) -> datetime:
    """Return until when the status of slots is as it is at `now`, if none of them changes."""
    instants = (at for slot in slots for at in (slot.opens_at, slot.closes_at, slot.held_until))
    return min((at for at in instants if at > now), default=datetime.max.replace(tzinfo=UTC))
