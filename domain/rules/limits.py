"""Limits: how many sessions an expert has at most on a day and in a week, in the expert's zone."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from domain.rules.schedule import day_of, start_of
from domain.rules.slots import SlotState

TAKEN = (SlotState.BOOKED, SlotState.OFFERED)
"""States in which a slot counts as a session of its day. A hold doesn't."""

_WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Limits:
    """The most sessions of an expert; None for as many as there are times."""

    zone: ZoneInfo
    most_a_day: int | None = None
    most_a_week: int | None = None

    @property
    def are_set(self) -> bool:
        """Say whether there is any limit."""
        return self.most_a_day is not None or self.most_a_week is not None

    def week_of(self, instant: datetime) -> tuple[datetime, datetime]:
        """Return the instants `[start, end)` of the week from Monday on that an instant is in."""
        on = day_of(instant, self.zone)
        monday = on - timedelta(days=on.weekday())
        return start_of(monday, self.zone), start_of(monday + _WEEK, self.zone)


@dataclass(frozen=True)
class Week:
    """A week of an expert, and how many of its sessions are taken: booked, or offered."""

    limits: Limits
    by_day: Counter[date]

    @classmethod
    def of(cls, limits: Limits, taken: Iterable[datetime]) -> "Week":
        """Count the sessions that begin at these instants, all of one week."""
        return cls(limits, Counter(day_of(at, limits.zone) for at in taken))

    def is_full(self, instant: datetime) -> bool:
        """Say whether nothing more may be booked on an instant's day."""
        return self._left(instant) <= 0

    def is_over(self, instant: datetime) -> bool:
        """Say whether more is taken than may be, on an instant's day or in its week."""
        return self._left(instant) < 0

    def _left(self, instant: datetime) -> float:
        on = day_of(instant, self.limits.zone)
        a_day, a_week = self.limits.most_a_day, self.limits.most_a_week
        left = [float("inf")]
        if a_day is not None:
            left.append(a_day - self.by_day[on])
        if a_week is not None:
            left.append(a_week - self.by_day.total())
        return min(left)
