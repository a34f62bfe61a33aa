"""Clock changes within hours: on which date a wall time is skipped or comes twice, in words."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from babel import Locale

from domain.rules.errors import Sentence
from domain.rules.hours import Stretch
from web.i18n.clock_changes import clock_changes
from web.i18n.formats import day_name

_DAY = timedelta(days=1)


class OddTime(NamedTuple):
    """Wall time `[first, last)` that a change of the clocks skips, or has come twice."""

    first: datetime
    last: datetime
    is_skipped: bool


@dataclass(frozen=True)
class OddTimes:
    """The odd times of a zone in a span of time, and how readers of a language are told."""

    locale: Locale
    found: Sequence[OddTime]

    def until(self, last_on: date) -> "OddTimes":
        """Return those up to a date, included."""
        return OddTimes(self.locale, [odd for odd in self.found if odd.first.date() <= last_on])

    def note(self, hours: Stretch, holds_on: Callable[[date], bool]) -> Sentence | None:
        """Say on which date odd times touch these hours first; None: on none."""
        for odd in self.found:
            on = odd.first.date()
            if holds_on(on) and _touches(hours, on, odd):
                return self._said(odd, on)
        return None

    def of(self, on: date) -> Sentence | None:
        """Say what is odd about a date."""
        found = (odd for odd in self.found if odd.first.date() == on)
        return next((self._said(odd, on) for odd in found), None)

    def _said(self, odd: OddTime, on: date) -> Sentence:
        values = {
            "day": day_name(self.locale, on),
            "first": f"{odd.first:%H:%M}",
            "last": f"{odd.last:%H:%M}",
        }
        if odd.is_skipped:
            return Sentence(
                "On %(day)s the clocks skip %(first)s to %(last)s: no session begins then.", values
            )
        return Sentence(
            "On %(day)s the clocks show %(first)s to %(last)s twice: sessions begin at the first.",
            values,
        )


def odd_times(locale: Locale, zone: str, start: datetime, end: datetime) -> OddTimes:
    """Find the odd times of a zone between two instants, in order."""
    found = []
    for change in clock_changes(zone, start, end):
        first, last = sorted((change.before, change.after))
        at = change.at.replace(tzinfo=None)
        found.append(OddTime(at + first, at + last, change.after > change.before))
    return OddTimes(locale, found)


def _touches(hours: Stretch, on: date, odd: OddTime) -> bool:
    closing_on = on + _DAY if hours.closes == time.min else on
    opens, closes = datetime.combine(on, hours.opens), datetime.combine(closing_on, hours.closes)
    return opens < odd.last and odd.first < closes
