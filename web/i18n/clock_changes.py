"""Clock changes: when the clocks of a zone are put forward or back, and how to say so."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from babel.dates import format_timedelta

from web.i18n.formats import day_name, local_day
from web.i18n.languages import LOCALES, translate
from web.i18n.languages import marked as _
from web.i18n.names import city
from web.i18n.zones import zone_info

_STEP = timedelta(days=7)
"""No zone changes its clocks twice within a week."""
_SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class ClockChange:
    """An instant at which the clocks of a zone change."""

    at: datetime
    before: timedelta
    """The offset from UTC until then."""
    after: timedelta


def clock_changes(zone: str, start: datetime, end: datetime) -> tuple[ClockChange, ...]:
    """Return the changes of a zone after one instant, up to and including another."""
    found = []
    left = start
    while left < end:
        right = min(left + _STEP, end)
        before, after = _offset(zone, left), _offset(zone, right)
        if before != after:
            found.append(ClockChange(_first_with(zone, after, left, right), before, after))
        left = right
    return tuple(found)


def _offset(zone: str, instant: datetime) -> timedelta:
    return instant.astimezone(zone_info(zone)).utcoffset() or timedelta(0)


def _first_with(zone: str, offset: timedelta, left: datetime, right: datetime) -> datetime:
    """Return the whole second at which a zone takes on the offset that it has at `right`."""
    low, high = left.replace(microsecond=0), right.replace(microsecond=0)
    while high - low > _SECOND:
        middle = low + (high - low) // _SECOND // 2 * _SECOND
        low, high = (low, middle) if _offset(zone, middle) == offset else (middle, high)
    return high


def clock_note(language: str, zone: str, now: datetime, then: datetime) -> str | None:
    """Say that the clocks of a zone differ between now and then, and since when; None: they don't.

    Changes that undo each other are not worth a word.
    """
    changes = clock_changes(zone, now, then)
    by = _offset(zone, then) - _offset(zone, now)
    if not changes or not by:
        return None
    text = (
        _(
            "In %(city)s the clocks go forward by %(by)s on %(day)s. "
            "The times here take that into account."
        )
        if by > timedelta(0)
        else _(
            "In %(city)s the clocks go back by %(by)s on %(day)s. "
            "The times here take that into account."
        )
    )
    locale = LOCALES[language]
    values = {
        "city": city(zone),
        "by": format_timedelta(abs(by), granularity="minute", locale=locale),
        "day": day_name(locale, local_day(changes[-1].at, zone)),
    }
    return translate(language, text) % values


def clock_notes(language: str, zones: list[str], now: datetime, then: datetime) -> list[str]:
    """Say it of each zone of which there is something to say, once."""
    notes = (clock_note(language, zone, now, then) for zone in dict.fromkeys(zones))
    return [note for note in notes if note]
