"""Availability: an expert's diary, turned into concrete intervals.

Hours are kept in the expert's own zone and wall time and meet the clock only here. They meet clock
changes without the expert's doing: a session that would start at a skipped time is left out, one
at a repeated time starts at the first of the two.
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from whenever import PlainDateTime, ZonedDateTime

from domain.rules.hours import Diary, Stretch
from domain.rules.schedule import day_of

_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)


class Interval(NamedTuple):
    """A concrete `[starts_at, ends_at)`: aware, in UTC."""

    starts_at: datetime
    ends_at: datetime

    def meets(self, other: "Interval", pause: timedelta = timedelta(0)) -> bool:
        """Say whether less than `pause` lies between both, or they share an instant."""
        return self.starts_at < other.ends_at + pause and other.starts_at < self.ends_at + pause


def wanted(diary: Diary, *, first_on: date, days: int) -> list[Interval]:
    """Return the sessions that fit a diary, in order and at least its pause apart.

    Args:
        diary: Whose sessions.
        first_on: The first date, in the diary's zone.
        days: How many dates, the first included.
    """
    found: list[Interval] = []
    for on in (first_on + offset * _DAY for offset in range(days)):
        candidates = {
            interval for hours in diary.open_on(on) for interval in _sessions(diary, on, hours)
        }
        taken = taken_on(diary, on) if candidates else []
        for interval in sorted(candidates):
            is_apart = not found or interval.starts_at >= found[-1].ends_at + diary.pause
            if is_apart and not any(interval.meets(other) for other in taken):
                found.append(interval)
    return found


def open_on(diary: Diary, on: date) -> list[Interval]:
    """Return when a diary is open on a date, as instants; what overlaps or touches is one."""
    merged: list[Interval] = []
    for hours in diary.open_on(on):
        span = _span(on, hours, diary.zone)
        if merged and span.starts_at <= merged[-1].ends_at:
            merged[-1] = merged[-1]._replace(ends_at=max(merged[-1].ends_at, span.ends_at))
        elif span.starts_at < span.ends_at:
            merged.append(span)
    return merged


def taken_on(diary: Diary, on: date) -> list[Interval]:
    """Return the stretches of a date that no session may touch, as instants."""
    return [_span(on, hours, diary.zone) for hours in diary.taken_on(on)]


def is_within(diary: Diary, interval: Interval) -> bool:
    """Say whether an interval lies within open hours, whatever its length and wherever it begins.

    Hours that end at midnight continue if the next day's begin then.
    """
    zone = ZoneInfo(diary.zone)
    first, last = (day_of(at, zone) for at in interval)
    days = [first + offset * _DAY for offset in range((last - first).days + 1)]
    left = interval.starts_at
    for span in (span for on in days for span in open_on(diary, on)):
        if span.starts_at <= left:
            left = max(left, span.ends_at)
    taken = (other for on in days for other in taken_on(diary, on))
    return left >= interval.ends_at and not any(interval.meets(other) for other in taken)


def instant_of(local: datetime, zone: str) -> datetime | None:
    """Return the first instant with this wall time, or None if the clocks skip it."""
    moment = _earlier(local, zone)
    if moment.to_plain() != PlainDateTime(local):
        return None
    return moment.to_instant().to_stdlib()


def _sessions(diary: Diary, on: date, hours: Stretch) -> Iterator[Interval]:
    """Yield sessions that start on the wall-time grid of these hours and end within them."""
    closing = _closing(on, hours)
    closes_at = _closing_instant(closing, diary.zone)
    local = _on_grid(datetime.combine(on, hours.opens), diary.grid)
    while local < closing:
        starts_at = instant_of(local, diary.zone)
        if starts_at is not None and starts_at + diary.session <= closes_at:
            yield Interval(starts_at, starts_at + diary.session)
        local = _on_grid(local + diary.session + diary.pause, diary.grid)


def _on_grid(local: datetime, grid: int) -> datetime:
    """Return the first wall time from there on whose minute is a multiple of the grid."""
    return local + (-local.minute % grid) * _MINUTE


def _span(on: date, hours: Stretch, zone: str) -> Interval:
    opens_at = _closing_instant(datetime.combine(on, hours.opens), zone)
    return Interval(opens_at, _closing_instant(_closing(on, hours), zone))


def _closing(on: date, hours: Stretch) -> datetime:
    return datetime.combine(on + _DAY if hours.closes == time.min else on, hours.closes)


def _closing_instant(local: datetime, zone: str) -> datetime:
    """Return when hours end: at the first of a repeated time, at the change for a skipped one."""
    moment = _earlier(local, zone)
    change = moment.next_transition() if moment.to_plain() != PlainDateTime(local) else None
    return (change or moment).to_instant().to_stdlib()


def _earlier(local: datetime, zone: str) -> ZonedDateTime:
    return PlainDateTime(local).assume_tz(zone, disambiguation="earlier")
