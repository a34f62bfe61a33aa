"""Diaries: what is kept of an expert's hours, as the rules take it."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from domain.rules.availability import wanted
from domain.rules.hours import DateException, Diary, Rule, Stretch, Weekday
from domain.rules.plan import Target, targets
from domain.rules.schedule import day_of
from domain.store.documents import Expert
from domain.store.documents.hours import (
    KeptException,
    KeptRule,
    SessionLimits,
    WorkingHours,
)
from domain.store.experts.holidays import closed_by

_LOOKED_AT_ONCE = 14
"""Days."""
_A_DAY_TO_OPEN = 1
"""Days beyond the horizon that are published: their times open by the clock alone."""


def days_ahead(expert: Expert) -> int:
    """Return for how many days an expert's times are published, today included."""
    return expert.terms.horizon_days + 1 + _A_DAY_TO_OPEN


def first_day_unplanned(expert: Expert, today: date) -> date:
    """Return the first date that is beyond what is published of an expert's times."""
    return today + timedelta(days=days_ahead(expert))


def today_of(expert: Expert, now: datetime) -> date:
    """Return the date that it is for an expert."""
    return day_of(now, ZoneInfo(expert.zone))


def diary_of(expert: Expert, hours: WorkingHours, today: date) -> Diary:
    """Return an expert's diary by these hours, with the public holidays from today on."""
    last = first_day_unplanned(expert, today)
    return Diary(
        zone=expert.zone,
        session=timedelta(minutes=expert.session_minutes),
        rules=tuple(rule_of(kept) for kept in hours.rules),
        exceptions=tuple(exception_of(kept) for kept in hours.exceptions),
        holidays=frozenset(closed_by(hours.holidays, today.year, last.year)),
        pause=pause_of(hours.limits),
        grid=hours.limits.grid_minutes,
    )


def targets_of(expert: Expert, hours: WorkingHours, now: datetime) -> list[Target]:
    """Return what an expert's slots have to be by these hours, in order of start."""
    today = today_of(expert, now)
    diary = diary_of(expert, hours, today)
    sessions = wanted(diary, first_on=today, days=days_ahead(expert))
    return targets(sessions, expert.terms, now=now)


def has_targets(expert: Expert, hours: WorkingHours, now: datetime) -> bool:
    """Say whether these hours make any slot that can still be booked.

    It looks no further than where the first one is found.
    """
    today = today_of(expert, now)
    diary, last = diary_of(expert, hours, today), days_ahead(expert)
    for ahead in range(0, last, _LOOKED_AT_ONCE):
        first_on, days = today + timedelta(days=ahead), min(_LOOKED_AT_ONCE, last - ahead)
        found = targets(wanted(diary, first_on=first_on, days=days), expert.terms, now=now)
        if any(target.closes_at > now for target in found):
            return True
    return False


def pause_of(limits: SessionLimits) -> timedelta:
    """Return what lies between two sessions: the one's pause after, and the other's before."""
    return timedelta(minutes=limits.pause_before_minutes + limits.pause_after_minutes)


def rule_of(kept: KeptRule) -> Rule:
    """Return weekly hours as the rules take them."""
    since = date.fromisoformat(kept.since) if kept.since else None
    return Rule(Weekday(kept.weekday), _stretch(kept.opens, kept.closes), kept.every, since)


def exception_of(kept: KeptException) -> DateException:
    """Return what holds on certain dates as the rules take it."""
    first_on, last_on = date.fromisoformat(kept.first_on), date.fromisoformat(kept.last_on)
    hours = _stretch(kept.opens, kept.closes) if kept.opens and kept.closes else None
    return DateException(first_on, last_on, kept.kind, hours)


def _stretch(opens: str, closes: str) -> Stretch:
    return Stretch(time.fromisoformat(opens), time.fromisoformat(closes))
