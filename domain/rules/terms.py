"""An expert's terms: how early and how late people may book, cancel and reschedule."""

from datetime import datetime, timedelta
from typing import Protocol

from domain.rules.slots import LEAD


class TermsFacts(Protocol):
    """What an expert asks of attendees. Everything counts back from the start of a slot."""

    notice_minutes: int
    horizon_days: int
    cancel_before_minutes: int
    reschedule_before_minutes: int
    max_reschedules: int | None


def opens_at(terms: TermsFacts, starts_at: datetime) -> datetime:
    """Return the instant from which a time that starts then can be held."""
    return starts_at - timedelta(days=terms.horizon_days)


def closes_at(terms: TermsFacts, starts_at: datetime) -> datetime:
    """Return the instant from which a time that starts then can no longer be held."""
    return starts_at - max(LEAD, timedelta(minutes=terms.notice_minutes))


def cancel_until(terms: TermsFacts, starts_at: datetime) -> datetime:
    """Return the instant from which a booking of this start can no longer be cancelled."""
    return starts_at - timedelta(minutes=terms.cancel_before_minutes)


def reschedule_until(terms: TermsFacts, starts_at: datetime) -> datetime:
    """Return the instant from which a booking of this start can no longer be rescheduled."""
    return starts_at - timedelta(minutes=terms.reschedule_before_minutes)


def reschedules_left(terms: TermsFacts, made: int) -> int | None:
    """Return how often a booking that was rescheduled so often can be again; None: any number."""
    if terms.max_reschedules is None:
        return None
    return max(0, terms.max_reschedules - made)
