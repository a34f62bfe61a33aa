"""Figures of what was booked and offered: sums by expert and week, put together as asked for."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, timedelta
from operator import attrgetter
from typing import TypeVar

WEEKS = 8
_BEFORE = 3
"""How many of them are over: of longer ago it is not kept what was offered and not booked."""

K = TypeVar("K")


@dataclass(frozen=True)
class Tally:
    """What adds up, of some experts and days. A session counts when it begins."""

    sessions: int = 0
    """Confirmed ones."""
    cancelled: int = 0
    missed: int = 0
    booked_minutes: int = 0
    free_minutes: int = 0
    """Of times that could be booked, or could have been."""
    lead_minutes: int = 0
    """From when sessions were booked until they begin, all together."""
    waiting: int = 0
    """Places in line."""

    @property
    def offered_minutes(self) -> int:
        """Return how much there was to book: what is booked, and what is free."""
        return self.booked_minutes + self.free_minutes

    @property
    def lead_days(self) -> float | None:
        """Return how long ahead a session is booked, in days; None without any."""
        day = timedelta(days=1) // timedelta(minutes=1)
        return self.lead_minutes / self.sessions / day if self.sessions else None


_numbers: Callable[[Tally], tuple[int, ...]] = attrgetter(*(one.name for one in fields(Tally)))


@dataclass(frozen=True)
class CountedWeek:
    """A week from Monday on, with what adds up in it by expert."""

    monday: date
    tallies: Mapping[str, Tally]

    def total(self) -> Tally:
        """Return what adds up of all of them."""
        return total(self.tallies.values())

    def of(self, chosen: Callable[[str], bool]) -> "CountedWeek":
        """Return the week of some experts, by their keys."""
        found = {key: tally for key, tally in self.tallies.items() if chosen(key)}
        return CountedWeek(self.monday, found)


def total(tallies: Iterable[Tally]) -> Tally:
    """Add up, number by number: of thousands of experts each page does so again."""
    return Tally(*map(sum, zip(*map(_numbers, tallies), strict=True)))


def by(weeks: Iterable[CountedWeek], group: Callable[[str], K]) -> dict[K, Tally]:
    """Add up weeks by what the experts, known by their keys, have in common."""
    groups: defaultdict[K, list[Tally]] = defaultdict(list)
    for week in weeks:
        for key, tally in week.tallies.items():
            groups[group(key)].append(tally)
    return {name: total(tallies) for name, tallies in groups.items()}


def mondays(around: date) -> Sequence[date]:
    """Return the Mondays of the weeks that are shown by default on a day."""
    monday = around - timedelta(days=around.weekday())
    return mondays_from(monday - timedelta(weeks=_BEFORE))


def mondays_from(day: date) -> Sequence[date]:
    """Return the Mondays of as many weeks, the first of them that of a day."""
    monday = day - timedelta(days=day.weekday())
    return [monday + timedelta(weeks=n) for n in range(WEEKS)]
