"""Confirmations: when a booking needs a link that is mailed to its address, and how long it waits.

Nothing here goes by whether an address is known: the answer would tell a stranger who books.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, StrEnum, auto

from domain.rules.slots import MAX_EXTENSIONS, SlotFacts, SlotState

KEPT_AFTER = timedelta(hours=1)
"""How long a booking request outlives the hold, so that nothing typed is lost."""


class ConfirmByMail(StrEnum):
    """Which bookings under an address that the browser has not proven need a mailed link."""

    NEVER = "never"
    FIRST = "first"
    """Those of a browser that has had none confirmed under that address."""
    ALWAYS = "always"


class LinkNeeded(Enum):
    """When a booking needs a mailed link."""

    NEVER = auto()
    WHEN_STRAINED = auto()
    """Once its network or its address has used up half of what it may book."""
    ALWAYS = auto()


@dataclass(frozen=True)
class Confirming:
    """What an installation has decided."""

    by_mail: ConfirmByMail = ConfirmByMail.NEVER
    within: timedelta = timedelta(minutes=15)
    """How long a time is held for the link."""
    sends_mail: bool = False
    """Whether mail reaches people: where it doesn't, no link is asked for unless it is demanded."""

    @property
    def goes_by_earlier_ones(self) -> bool:
        """Say whether a browser's earlier bookings count."""
        return self.by_mail is ConfirmByMail.FIRST


def link_needed(rule: Confirming, *, is_proven: bool, has_confirmed: bool) -> LinkNeeded:
    """Return when a booking needs a mailed link.

    Args:
        rule: What the installation has decided.
        is_proven: Whether the browser has proven the address.
        has_confirmed: Whether it has a booking under that address which was confirmed.
    """
    if is_proven:
        return LinkNeeded.NEVER
    if rule.by_mail is ConfirmByMail.ALWAYS:
        return LinkNeeded.ALWAYS
    if rule.by_mail is ConfirmByMail.FIRST and not has_confirmed:
        return LinkNeeded.ALWAYS
    return LinkNeeded.WHEN_STRAINED if rule.sends_mail else LinkNeeded.NEVER


def link_deadline(
    slot: SlotFacts, now: datetime, *, within: timedelta, hold_for: timedelta
) -> datetime | None:
    """Return the `held_until` of a live hold that waits for a mailed link; None for an offer.

    It is never earlier than it was, and otherwise never past the slot's closing. However often a
    visitor asks anew, it is at most `within` later than ten extensions would have made it. An offer
    keeps its end: others are in line behind it.
    """
    if slot.state == SlotState.OFFERED:
        return None
    latest = slot.held_since + (MAX_EXTENSIONS + 1) * hold_for + within
    return max(slot.held_until, min(now + within, slot.closes_at, latest))
