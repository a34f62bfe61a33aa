"""Mornings: when the mail with an expert's sessions of the day is due, by the expert's clock."""

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
    today = day_of(now, zone)
    ahead = (morning_of(today + number * _DAY, zone) for number in count())
    return next(at for at in ahead if at > now)


def is_dawn(now: datetime, zone: ZoneInfo) -> bool:
    """Say whether the morning of the day that it is in a zone has come."""
    return now >= morning_of(day_of(now, zone), zone)
