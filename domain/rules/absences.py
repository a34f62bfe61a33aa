"""Absences: days on which an expert can't meet anybody, and the times their attendees are offered.

An attendee whose session falls into an absence is asked what to do. Until they answer, up to three
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
"""How many days one absence has at most."""

SOON = timedelta(hours=2)
"""A session that begins within this time is too near for mail alone to reach its attendee."""

EXCEPTION_PREFIX = "absence-"
"""How the keys of exceptions begin that close the days of an absence: they end with it alone."""

_A_DAY = timedelta(days=1)


def span_of(first_on: date, last_on: date, zone: str) -> tuple[datetime, datetime]:
    """Return the instants `[start, end)` of some days in an expert's zone, both included."""
    of_expert = ZoneInfo(zone)
    return start_of(first_on, of_expert), start_of(last_on + _A_DAY, of_expert)


def kept_until(closes_at: datetime, offers_for: timedelta, now: datetime) -> datetime:
    """Return when an offer made at `now` ends: after its time, or when the slot closes."""
    return min(now + offers_for, closes_at)


def keeper_of(booking_id: object) -> str:
    """Return what a slot is `held_by` that is kept for a booking: no browser is called so."""
    return f"booking:{booking_id}"
