"""Hours: what an expert says of weeks and of certain dates, in their own zone and wall time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time, timedelta
from enum import IntEnum, StrEnum

_WEEK = timedelta(days=7)


class Weekday(IntEnum):
    """Days of the week as `date.weekday()` counts them."""

    MONDAY = 0
    TUESDAY = 1
    WEDNESDAY = 2
    THURSDAY = 3
    FRIDAY = 4
    SATURDAY = 5
    SUNDAY = 6


@dataclass(frozen=True, order=True)
class Stretch:
    """Wall time `[opens, closes)` on one day; a `closes` of midnight is the end of that day.

    A stretch never runs into the next day: two stretches do, one on each day.
    """

    opens: time
    closes: time

    def __post_init__(self) -> None:
        if self.opens.tzinfo or self.closes.tzinfo:
            raise ValueError("a stretch is wall time, without a zone")
        if self.closes != time.min and self.closes <= self.opens:
            raise ValueError("a stretch closes after it opens")

    def overlaps(self, other: "Stretch") -> bool:
        """Say whether both have some wall time in common."""
        return _minutes(self).start < _minutes(other).stop and (
            _minutes(other).start < _minutes(self).stop
        )


@dataclass(frozen=True)
class Rule:
    """Hours that recur on one weekday: every week, or every second one."""

    weekday: Weekday
    hours: Stretch
    every: int = 1
    """Weeks from one to the next, counted in whole weeks from the Monday of `since`'s week."""
    since: date | None = None
    """The first date on which the rule may hold; every second week needs one."""

    def __post_init__(self) -> None:
        if self.every not in (1, 2):
            raise ValueError("hours recur every week or every second one")
        if self.every > 1 and self.since is None:
            raise ValueError("every second week is counted from a date")

    def holds_on(self, on: date) -> bool:
        """Say whether these are hours of that date."""
        if on.weekday() != self.weekday:
            return False
        if self.since is None:
            return True
        weeks = (_monday(on) - _monday(self.since)) // _WEEK
        return on >= self.since and weeks % self.every == 0

    def meets(self, other: "Rule") -> bool:
        """Say whether both rules have wall time in common on some date."""
        if self.weekday != other.weekday or not self.hours.overlaps(other.hours):
            return False
        if self.every == other.every == 2 and self.since and other.since:  # noqa: PLR2004 - weeks
            return ((_monday(self.since) - _monday(other.since)) // _WEEK) % 2 == 0
        return True


class ExceptionKind(StrEnum):
    """What holds on certain dates."""

    CLOSED = "closed"
    """No hours at all, whatever else is said of those dates."""
    INSTEAD = "instead"
    """These hours in place of the weekly ones; on a public holiday, too."""
    EXTRA = "extra"
    """These hours as well."""
    TAKEN = "taken"
    """No session may touch this stretch."""


_OPENING = {ExceptionKind.INSTEAD, ExceptionKind.EXTRA}


@dataclass(frozen=True)
class DateException:
    """What holds from one date to another, both included."""

    first_on: date
    last_on: date
    kind: ExceptionKind
    hours: Stretch | None = None
    """None exactly for `CLOSED`."""

    def __post_init__(self) -> None:
        if self.last_on < self.first_on:
            raise ValueError("the last date is not before the first")
        if (self.hours is None) != (self.kind is ExceptionKind.CLOSED):
            raise ValueError("closed dates have no hours, and all others have some")

    def contradicts(self, other: "DateException") -> bool:
        """Say whether one of both closes a date on which the other has hours: those do nothing."""
        if other.last_on < self.first_on or self.last_on < other.first_on:
            return False
        kinds = {self.kind, other.kind}
        return ExceptionKind.CLOSED in kinds and bool(kinds & _OPENING)

    def covers(self, on: date) -> bool:
        """Say whether it holds on that date."""
        return self.first_on <= on <= self.last_on


@dataclass(frozen=True, kw_only=True)
class Diary:
    """All that decides when sessions of an expert may take place, other sessions apart."""

    zone: str
    """The expert's IANA zone, in which everything here is wall time."""
    session: timedelta
    """How long one session takes by a stopwatch, whatever the clocks do."""
    rules: tuple[Rule, ...] = ()
    exceptions: tuple[DateException, ...] = ()
    holidays: frozenset[date] = frozenset()
    """Public holidays on which there are no weekly hours."""
    pause: timedelta = timedelta(0)
    """At least this long lies between two sessions."""
    grid: int = 1
    """Sessions begin on multiples of this many minutes after the hour; a divisor of 60."""

    def __post_init__(self) -> None:
        if self.session <= timedelta(0) or self.pause < timedelta(0):
            raise ValueError("a session takes time, and a pause is not negative")

    def on(self, on: date, kind: ExceptionKind) -> tuple[DateException, ...]:
        """Return the exceptions of one kind that hold on a date."""
        return tuple(one for one in self.exceptions if one.kind is kind and one.covers(on))

    def open_on(self, on: date) -> list[Stretch]:
        """Return the stretches of a date within which sessions may lie, in order.

        `CLOSED` goes before everything; `INSTEAD` before weekly hours and public holidays.
        """
        if self.on(on, ExceptionKind.CLOSED):
            return []
        return sorted({*self._usual_on(on), *_hours(self.on(on, ExceptionKind.EXTRA))})

    def taken_on(self, on: date) -> list[Stretch]:
        """Return the stretches of a date that no session may touch, in order."""
        return sorted(set(_hours(self.on(on, ExceptionKind.TAKEN))))

    def _usual_on(self, on: date) -> Iterable[Stretch]:
        if instead := self.on(on, ExceptionKind.INSTEAD):
            return _hours(instead)
        if on in self.holidays:
            return ()
        return (rule.hours for rule in self.rules if rule.holds_on(on))


def _hours(exceptions: Iterable[DateException]) -> Iterable[Stretch]:
    return (one.hours for one in exceptions if one.hours is not None)


def _monday(on: date) -> date:
    return on - timedelta(days=on.weekday())


def _minutes(stretch: Stretch) -> range:
    opens, closes = (at.hour * 60 + at.minute for at in (stretch.opens, stretch.closes))
    return range(opens, closes or 24 * 60)
