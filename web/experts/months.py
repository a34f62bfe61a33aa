"""A month as the picker shows it: its weeks, and how many times of each day are free."""

from calendar import Calendar
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from domain.rules import schedule
from domain.rules.schedule import FAR

_WEEKS = Calendar()  # beginning on Monday, as ISO 8601 has it and all our locales do


@dataclass(frozen=True)
class Month:
    """One of the viewer's months."""

    first: date
    weeks: Sequence[Sequence[date]]
    """Monday first; the first and the last may begin or end in another month."""
    free: Mapping[date, int]
    """How many times can be had on the days that have any."""
    today: date

    @property
    def weekdays(self) -> Sequence[date]:
        """Days to name the weekdays by, Monday first."""
        monday = self.first - timedelta(days=self.first.weekday())
        return [monday + timedelta(days=n) for n in range(7)]

    @property
    def earlier(self) -> date | None:
        """The month before, unless it is past."""
        return first_of(self.first - timedelta(days=1)) if self.first > self.today else None

    @property
    def later(self) -> date | None:
        """The month after, unless it is too far ahead."""
        following = next_first(self.first)
        return following if following <= self.today + FAR else None

    def first_free(self, after: date | None = None) -> date | None:
        """Return the month's first day with free times, or the next one shown after another."""
        if after is None:
            return min((day for day in self.free if self.has(day)), default=None)
        return min((day for day in self.free if day > after), default=None)

    def has(self, day: date) -> bool:
        """Say whether a day is the month's own, not one that a week shows beside it."""
        return first_of(day) == self.first


def first_of(day: date) -> date:
    """Return the first day of a day's month."""
    return day.replace(day=1)


def next_first(first: date) -> date:
    """Return the first day of the month after."""
    return first_of(first + timedelta(days=31))


def span_of(first: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return the instants `[start, end)` that the weeks of a month cover in a zone."""
    weeks = _WEEKS.monthdatescalendar(first.year, first.month)
    return schedule.span(weeks[0][0], zone, days=7 * len(weeks))


def month_of(first: date, today: date, starts: Iterable[datetime], zone: ZoneInfo) -> Month:
    """Return a month of the viewer's, with the starts of free times counted by day.

    Weeks that are over are left out.
    """
    weeks = [
        week for week in _WEEKS.monthdatescalendar(first.year, first.month) if week[-1] >= today
    ]
    free = Counter(schedule.day_of(start, zone) for start in starts)
    return Month(first=first, weeks=weeks, free=free, today=today)


def read_month(text: str) -> date | None:
    """Read a month as addresses write it, `2031-07`; None if it isn't one."""
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        return None
