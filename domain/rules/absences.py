"""Absences: days that an expert can't make, and how long attendees are offered other times.

Attendees whose session falls into an absence are asked what to do. Until they answer, up to three
times are kept for their booking alone.
"""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from domain.rules.schedule import start_of

MOST_OFFERS = 3
"""How many times are kept for one booking at once."""

OFFER_HOURS = range(1, 73)
"""For how many hours an expert may have them kept."""
DEFAULT_OFFER_HOURS = 24

LONGEST = timedelta(days=366)
"""The longest absence."""

SOON = timedelta(hours=2)
"""A session that begins this soon: mail may not reach its attendee in time."""

EXCEPTION_PREFIX = "absence-"
"""Begins the keys of exceptions that close an absence's days; only revoking it removes them."""

_A_DAY = timedelta(days=1)


def span_of(first_on: date, last_on: date, zone: str) -> tuple[datetime, datetime]:
    """Return the instants `[start, end)` of the days from first to last, in an expert's zone."""
    of_expert = ZoneInfo(zone)
    return start_of(first_on, of_expert), start_of(last_on + _A_DAY, of_expert)


def kept_until(closes_at: datetime, offers_for: timedelta, now: datetime) -> datetime:
    """Return when an offer made at `now` ends, at the latest when the slot closes."""
    return min(now + offers_for, closes_at)


def keeper_of(booking_id: object) -> str:
    """Return the `held_by` of slots kept for a booking. No visitor has such an id."""
    return f"booking:{booking_id}"
