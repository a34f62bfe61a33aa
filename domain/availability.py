"""Availability: an expert's weekly hours and one-day overrides, turned into concrete intervals.

Rules are kept in the expert's own zone and wall time and meet the clock only here. They meet clock
changes without their owner's doing: a session that would start at a skipped time is left out, one
at a repeated time starts at the first of the two.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import IntEnum
from typing import NamedTuple

from whenever import PlainDateTime, ZonedDateTime

_DAY = timedelta(days=1)
_NO_GAP = timedelta(0)


class Weekday(IntEnum):
    """Days of the week as `date.weekday()` counts them."""

    MONDAY = 0
    TUESDAY = 1
    WEDNESDAY = 2
    THURSDAY = 3
    FRIDAY = 4
    SATURDAY = 5
    SUNDAY = 6


@dataclass(frozen=True)
class Hours:
    """Wall time `[opens, closes)` on one day; a `closes` of midnight is the end of that day.

    Hours never run into the next day: what does is two rules, one for each day.
    """

    opens: time
    closes: time

    def __post_init__(self) -> None:
        if self.opens.tzinfo or self.closes.tzinfo:
            raise ValueError("hours are wall time, without a zone")
        if self.closes != time.min and self.closes <= self.opens:
            raise ValueError("hours close after they open")


@dataclass(frozen=True)
class Rule:
    """Hours that recur every week on one day."""

    weekday: Weekday
    hours: Hours


@dataclass(frozen=True)
class DayException:
    """One date's hours in place of its weekday's rules; none at all is a day off."""

    on: date
    hours: tuple[Hours, ...] = ()


class Interval(NamedTuple):
    """A concrete `[starts_at, ends_at)`: aware, in UTC."""

    starts_at: datetime
    ends_at: datetime


def intervals(
    rules: Iterable[Rule],
    exceptions: Iterable[DayException] = (),
    *,
    zone: str,
    first_on: date,
    days: int,
    session: timedelta,
    gap: timedelta = _NO_GAP,
) -> list[Interval]:
    """Return the sessions that fit, in order, never overlapping and at least `gap` apart.

    Args:
        rules: The weekly hours, as wall time in `zone`.
        exceptions: Dates on which other hours hold.
        zone: The expert's IANA zone.
        first_on: The first date, in that zone.
        days: How many dates, the first included.
        session: How long one session takes by a stopwatch, whatever the clocks do.
        gap: The pause between two sessions.
    """
    if session <= _NO_GAP or gap < _NO_GAP:
        raise ValueError("a session takes time, and a gap is not negative")
    weekly = tuple(rules)
    overrides = {exception.on: exception.hours for exception in exceptions}
    found: list[Interval] = []
    for on in (first_on + offset * _DAY for offset in range(days)):
        recurring = (rule.hours for rule in weekly if rule.weekday == on.weekday())
        candidates = (
            interval
            for span in overrides.get(on, recurring)
            for interval in _sessions(on, span, zone, session, gap)
        )
        for interval in sorted(candidates):
            if not found or interval.starts_at >= found[-1].ends_at + gap:
                found.append(interval)
    return found


def _sessions(
    on: date, span: Hours, zone: str, session: timedelta, gap: timedelta
) -> Iterator[Interval]:
    """Yield sessions that start on the wall-time grid of these hours and end within them."""
    closing = _closing(on, span)
    closes_at = _closing_instant(closing, zone)
    local = datetime.combine(on, span.opens)
    while local < closing:
        starts_at = _recurring_instant(local, zone)
        if starts_at is not None and starts_at + session <= closes_at:
            yield Interval(starts_at, starts_at + session)
        local += session + gap


def _closing(on: date, span: Hours) -> datetime:
    return datetime.combine(on + _DAY if span.closes == time.min else on, span.closes)


def _recurring_instant(local: datetime, zone: str) -> datetime | None:
    """Return the first instant with this wall time, or None where the clocks skip it."""
    moment = _earlier(local, zone)
    if moment.to_plain() != PlainDateTime(local):
        return None
    return moment.to_instant().to_stdlib()


def _closing_instant(local: datetime, zone: str) -> datetime:
    """Return when hours end: at the first of a repeated time, at the change for a skipped one."""
    moment = _earlier(local, zone)
    change = moment.next_transition() if moment.to_plain() != PlainDateTime(local) else None
    return (change or moment).to_instant().to_stdlib()


def _earlier(local: datetime, zone: str) -> ZonedDateTime:
    return PlainDateTime(local).assume_tz(zone, disambiguation="earlier")
