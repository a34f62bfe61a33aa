"""What happened to a booking: one event for each change, for all who are to hear of it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class BookingEvent(StrEnum):
    """What became of a booking."""

    BOOKED = "booked"
    CANCELLED = "cancelled"
    RESCHEDULED = "rescheduled"
    HANDED_OVER = "handed_over"
    """Rescheduled to a time of another expert, who stands in."""
    DISPLACED = "displaced"
    """Its expert can't make it; the attendee is asked."""
    RESTORED = "restored"
    """It takes place after all."""


@dataclass(frozen=True)
class BookingChange:
    """One change of a booking, and where the booking stands after it."""

    event: BookingEvent
    booking: str
    """The booking's key, as text."""
    rev: int
    starts_at: datetime
    ends_at: datetime
    at: datetime
    """When it was changed."""
