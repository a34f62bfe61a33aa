"""Zones for calendars: a VTIMEZONE that is right for one event's times.

RFC 5545, section 3.6.5. A rule for all years would be wrong somewhere: zones change when their
governments say so. An event needs the offset in force at its start, and what follows.
"""

from datetime import UTC, datetime, timedelta

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard

from web.i18n.clock_changes import ClockChange, clock_changes
from web.i18n.zones import zone_info

_FAR = timedelta(days=400)
"""Longer than clocks that change each year go without a change."""
_BEGINNING = datetime(1970, 1, 1)  # noqa: DTZ001 - a wall time, as the standard asks


def says_the_same(zone: str, instant: datetime) -> bool:
    """Say whether a wall time in a zone is read back as the instant that it was written for.

    The second of two hours with the same name is not: a wall time means the first one (RFC 5545,
    section 3.3.5).
    """
    return instant.astimezone(zone_info(zone)).fold == 0


def vtimezone(zone: str, start: datetime, end: datetime) -> Timezone:
    """Return a zone's offset at the start of an event, and its changes up to beyond the end."""
    day = start.replace(hour=0, minute=0, second=0, microsecond=0)
    before = clock_changes(zone, day - _FAR, start)[-1:]
    after = clock_changes(zone, start, day + _FAR)
    component = Timezone()
    component.add("tzid", zone)
    if not before:
        component.add_component(_unchanging(zone, start))
    for number, change in enumerate((*before, *after)):
        if number <= len(before) or change.at <= end:
            component.add_component(_observance(zone, change))
    return component


def _observance(zone: str, change: ClockChange) -> TimezoneDaylight | TimezoneStandard:
    onset = (change.at + change.before).replace(tzinfo=None)
    return _written(zone, change.at, onset, change.before, change.after)


def _unchanging(zone: str, instant: datetime) -> TimezoneDaylight | TimezoneStandard:
    offset = instant.astimezone(zone_info(zone)).utcoffset() or timedelta(0)
    return _written(zone, instant, _BEGINNING, offset, offset)


def _written(
    zone: str, at: datetime, onset: datetime, before: timedelta, after: timedelta
) -> TimezoneDaylight | TimezoneStandard:
    local = at.astimezone(UTC).astimezone(zone_info(zone))
    observance = TimezoneDaylight() if local.dst() else TimezoneStandard()
    observance.add("dtstart", onset)
    observance.add("tzoffsetfrom", before)
    observance.add("tzoffsetto", after)
    observance.add("tzname", local.tzname() or zone)
    return observance
