"""An expert's times as a viewer sees them: by the viewer's own days and parts of the day."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Generic, TypeVar
from zoneinfo import ZoneInfo

from domain.rules.slots import SlotFacts, Status, status

DAYS_SHOWN = 7

FAR = timedelta(days=400)
"""How far ahead visitors can look, or wait."""

_NOON = 12
_EVENING = 17

S = TypeVar("S", bound=SlotFacts)


class Part(StrEnum):
    """Parts of a day, by the viewer's wall clock."""

    MORNING = "morning"
    AFTERNOON = "afternoon"
    EVENING = "evening"


@dataclass(frozen=True)
class Day(Generic[S]):
    """One of the viewer's days, with the slots that start on it in order."""

    on: date
    slots: Sequence[S]

    def free(self, now: datetime) -> int:
        """Count the times that can still be taken at `now`."""
        return sum(status(slot, now) is Status.FREE for slot in self.slots)

    def parts(self, zone: ZoneInfo) -> dict[Part, list[S]]:
        """Return the slots by part of the day; a part without any is left out."""
        parts: dict[Part, list[S]] = {}
        for slot in self.slots:
            parts.setdefault(part_of_day(slot.starts_at, zone), []).append(slot)
        return parts


def part_of_day(instant: datetime, zone: ZoneInfo) -> Part:
    """Return the part of the day that an instant falls in, in a zone."""
    hour = instant.astimezone(zone).hour
    if hour < _NOON:
        return Part.MORNING
    return Part.AFTERNOON if hour < _EVENING else Part.EVENING


def day_of(instant: datetime, zone: ZoneInfo) -> date:
    """Return the day that an instant falls on, in a zone."""
    return instant.astimezone(zone).date()


def start_of(day: date, zone: ZoneInfo) -> datetime:
    """Return the instant at which a day begins in a zone, in UTC.

    Where a clock change skips midnight, the day begins at the first instant after it.
    """
    return datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC)


def span(first: date, zone: ZoneInfo, days: int = DAYS_SHOWN) -> tuple[datetime, datetime]:
    """Return the instants `[start, end)` that so many days of a zone cover."""
    return start_of(first, zone), start_of(first + timedelta(days=days), zone)


def days_of(start: datetime, end: datetime, zone: ZoneInfo) -> list[date]:
    """Return the days of a zone that the instants `[start, end)` touch."""
    first = day_of(start, zone)
    last = day_of(end - timedelta.resolution, zone)
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def by_day(
    slots: Iterable[S], zone: ZoneInfo, first: date, *, now: datetime, days: int = DAYS_SHOWN
) -> list[Day[S]]:
    """Group slots by the viewer's days; each of the days is there, also without a slot.

    Slots that were withdrawn or have closed unbooked are left out, and so is what has begun.
    """
    grouped: dict[date, list[S]] = {first + timedelta(days=n): [] for n in range(days)}
    for slot in slots:
        day = day_of(slot.starts_at, zone)
        if day in grouped and is_shown(slot, now):
            grouped[day].append(slot)
    return [Day(on=day, slots=found) for day, found in grouped.items()]


def is_shown(slot: SlotFacts, now: datetime) -> bool:
    """Say whether a list of times shows a slot: nothing past, nothing that cannot be had."""
    return status(slot, now) is not Status.CLOSED and slot.starts_at > now
