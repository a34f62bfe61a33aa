"""Mornings: when the mail with an expert's next sessions is due, by the expert's clock."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from zoneinfo import ZoneInfo

from domain.rules.schedule import day_of

MORNING = time(7)

_DAY = timedelta(days=1)


def morning_of(day: date, zone: ZoneInfo) -> datetime:
    """Return the instant at which the mail of a day is due in a zone, in UTC.

    Where a clock change skips that time, it is due as long after midnight as on other days.
    """
    return datetime.combine(day, MORNING, tzinfo=zone).astimezone(UTC)


def next_morning(now: datetime, zone: ZoneInfo) -> datetime:
    """Return the first morning after `now`."""
    return next(at for at in _mornings(now, zone, _DAY) if at > now)


def last_morning(now: datetime, zone: ZoneInfo) -> datetime:
    """Return the last morning that has come by `now`."""
    return next(at for at in _mornings(now, zone, -_DAY) if at <= now)


def _mornings(now: datetime, zone: ZoneInfo, step: timedelta) -> Iterator[datetime]:
    today = day_of(now, zone)
    return (morning_of(today + number * step, zone) for number in count())
