"""Kinds of audiences: zones whose clocks go alike share what is rendered."""

from collections.abc import Hashable
from datetime import UTC, datetime, timedelta
from functools import cache

from web.i18n.clock_changes import clock_changes
from web.i18n.zones import zone_info
from web.live.rendering import Audience

_YEARS = 3
"""From the year in which a stream begins: times are published for a year at most."""
_WEST_OF_UTC = timedelta(days=1)
"""Where it is still the year before."""


class AudienceKinds:
    """Finds the kind of an audience. One a feed.

    Fragments tell wall times and never name a zone, so that one of the zones that agree on every
    wall time stands for all of them.
    """

    def __init__(self) -> None:
        self._stands_for: dict[Hashable, str] = {}

    def of(self, zone: str, language: str, now: datetime) -> Audience:
        """Return the kind of audience that reads a language in a zone, from `now` on."""
        clock = _clock(zone, now.year)
        return Audience(self._stands_for.setdefault(clock, zone), language)


@cache
def _clock(zone: str, year: int) -> Hashable:
    """Return what the wall times of a zone are made of, for some years."""
    start = datetime(year, 1, 1, tzinfo=UTC) - _WEST_OF_UTC
    end = datetime(year + _YEARS, 1, 1, tzinfo=UTC)
    return year, start.astimezone(zone_info(zone)).utcoffset(), clock_changes(zone, start, end)
