"""Calendars read back: by the icalendar library, and by what the standard says of VTIMEZONE."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from icalendar import Calendar


@dataclass(frozen=True)
class Read:
    """One event of a calendar."""

    calendar: Any
    event: Any

    def library_says(self, name: str) -> datetime:
        """When the icalendar library takes a time of the event to be, in UTC."""
        found: datetime = self.event.decoded(name)
        return found.astimezone(UTC)

    def standard_says(self, name: str) -> datetime:
        """When the calendar's own VTIMEZONE puts a time of the event, in UTC.

        RFC 5545, section 3.6.5: the observance whose onset is the last one before a wall time is
        in force; section 3.3.5: a wall time that comes twice means the first one.
        """
        written = self.event[name]
        if "TZID" not in written.params:
            moment: datetime = written.dt
            assert moment.utcoffset() == timedelta(0)
            return moment.astimezone(UTC)
        wall: datetime = written.dt.replace(tzinfo=None)
        onsets: list[tuple[datetime, timedelta]] = [
            (observance["dtstart"].dt, observance["tzoffsetto"].td)
            for observance in self.zone(written.params["TZID"]).subcomponents
            if observance["dtstart"].dt <= wall
        ]
        assert onsets, "no observance is in force"
        return (wall - max(onsets)[1]).replace(tzinfo=UTC)

    def zone(self, tzid: str) -> Any:
        """The VTIMEZONE of that name: there is exactly one."""
        (found,) = [zone for zone in self.calendar.walk("VTIMEZONE") if zone["tzid"] == tzid]
        return found


def read(content: str | bytes) -> Read:
    """Read a calendar with one event, none of whose lines is too long (RFC 5545, section 3.1)."""
    written = content.encode() if isinstance(content, str) else content
    assert all(len(line) <= 75 for line in written.split(b"\r\n"))
    calendar: Any = Calendar.from_ical(written)
    (event,) = calendar.walk("VEVENT")
    return Read(calendar, event)
