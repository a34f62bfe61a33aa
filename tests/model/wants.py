"""What an expert wants, for the model: plain hours, in UTC, and the times that they ask for."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
LEAD = 5 * MINUTE

Span = tuple[datetime, datetime]


@dataclass(frozen=True)
class Wants:
    """All that an expert's times come from. Numbers are minutes, but for the horizon's days."""

    week: tuple[tuple[str, str], ...] = ()
    """Stretches, each after its weekdays: 0 for Monday."""
    dates: tuple[tuple[int, str, str], ...] = ()
    """Exceptions: on which day from the beginning, of what kind, and a stretch."""
    length: int = 60
    pause: int = 0
    grid: int = 1
    most_a_day: int | None = None
    most_a_week: int | None = None
    notice: int = 0
    horizon: int = 2

    @property
    def are_limited(self) -> bool:
        return (self.most_a_day, self.most_a_week) != (None, None)


@dataclass
class Time:
    """A time, and who has it."""

    starts_at: datetime
    ends_at: datetime
    opens_at: datetime
    closes_at: datetime
    state: str = "open"
    retiring: bool = False
    full: bool = False
    who: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    withdrawn_at: datetime | None = None
    unproven_offers: int = 0

    @property
    def is_claimed(self) -> bool:
        return self.state in {"held", "offered", "booked"}

    @property
    def is_taken(self) -> bool:
        return self.state in {"offered", "booked"}

    def meets(self, other: "Time", pause: timedelta = timedelta(0)) -> bool:
        return self.starts_at < other.ends_at + pause and other.starts_at < self.ends_at + pause


def asked_for(
    wants: Wants, absences: Collection[tuple[int, int]], *, begun: datetime, now: datetime
) -> list[Time]:
    """Return the times to come that there should be if nobody had any, in order."""
    found: list[Time] = []
    today = now.replace(hour=0, minute=0)
    for day in (today + n * DAY for n in range(wants.horizon + 2)):
        hours = _Day(wants, day, (day - begun) // DAY)
        is_absent = any(first <= hours.number <= last for first, last in absences)
        for time in [] if is_absent else hours.times():
            if not found or not time.meets(found[-1], wants.pause * MINUTE):
                found.append(time)
    return [time for time in found if time.starts_at > now]


@dataclass(frozen=True)
class _Day:
    """What is wanted on one day."""

    wants: Wants
    begins: datetime
    number: int
    """Which it is, from the beginning."""

    def times(self) -> list[Time]:
        """Return the times of all its stretches, but for those that touch what is taken."""
        starts = {at for span in self._open() for at in self._starts_within(*span)}
        return [
            time
            for time in map(self._time, sorted(starts))
            if not any(time.starts_at < end and at < time.ends_at for at, end in self._on("taken"))
        ]

    def _time(self, at: datetime) -> Time:
        wants = self.wants
        closes_at = at - max(LEAD, wants.notice * MINUTE)
        return Time(at, at + wants.length * MINUTE, at - wants.horizon * DAY, closes_at)

    def _open(self) -> list[Span]:
        if self._on("closed"):
            return []
        weekday = str(self.begins.weekday())
        weekly = [self._span(text) for days, text in self.wants.week if weekday in days]
        return (self._on("instead") or weekly) + self._on("extra")

    def _on(self, kind: str) -> list[Span]:
        dates = self.wants.dates
        return [self._span(text) for n, what, text in dates if (n, what) == (self.number, kind)]

    def _span(self, text: str) -> Span:
        """Return the instants of a stretch like `09:00-12:00`."""
        opens, closes = (int(at[:2]) * HOUR + int(at[3:]) * MINUTE for at in text.split("-"))
        return self.begins + opens, self.begins + closes

    def _starts_within(self, opens: datetime, closes: datetime) -> Iterator[datetime]:
        at = opens
        while at + self.wants.length * MINUTE <= closes:
            if at.minute % self.wants.grid == 0:
                yield at
                at += (self.wants.length + self.wants.pause) * MINUTE
            else:
                at += MINUTE
