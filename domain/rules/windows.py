"""Windows: a stretch of one day in which somebody has time, by the wall clock of a zone."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from domain.rules.schedule import start_of

_DAY = timedelta(days=1)
_MOMENT = timedelta(milliseconds=1)


@dataclass(frozen=True)
class Window:
    """The instants `[start, end]`, in UTC; both ends belong to it, as those of a session do."""

    start: datetime
    end: datetime

    def holds(self, starts_at: datetime, ends_at: datetime) -> bool:
        """Say whether a time lies in it from its start to its end."""
        return self.start <= starts_at and ends_at <= self.end

    def days(self) -> list[date]:
        """Return the days of UTC on which times that it holds can start."""
        first, last = self.start.date(), (self.end - _MOMENT).date()
        return [first + n * _DAY for n in range((last - first).days + 1)]


@dataclass(frozen=True)
class When:
    """When somebody has time, as they say it; without an end given, to that end of the day."""

    on: date
    zone: ZoneInfo
    start: time | None = None
    end: time | None = None

    def window(self) -> Window | None:
        """Return the instants; None if the end isn't after the start.

        A wall time that a clock change skips is as much later as the clock goes forward; one that
        comes twice is the first. RFC 5545, section 3.3.5, reads them so, and so do calendars.
        """
        start = self._instant(self.start) if self.start else start_of(self.on, self.zone)
        end = self._instant(self.end) if self.end else start_of(self.on + _DAY, self.zone)
        in_order = (self.start or time.min) < (self.end or time.max)
        return Window(start, end) if in_order and start < end else None

    def _instant(self, wall: time) -> datetime:
        return datetime.combine(self.on, wall, tzinfo=self.zone).astimezone(UTC)
