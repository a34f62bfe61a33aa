"""Figures for administrators: weeks of sessions by expert, remembered for a minute."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from domain.rules.figures import CountedWeek, mondays_from
from domain.rules.schedule import span
from domain.store import figures as store
from domain.store.core.database import Database, Key
from domain.store.experts.publishing import UNBOOKED_FOR
from domain.store.figures import Counted

REMEMBERED_FOR = timedelta(minutes=1)
_MOST_REMEMBERED = 16

FREE_KEPT_FOR = UNBOOKED_FOR
"""For how long it is known which times passed and nobody had booked."""

Asked = tuple[date, str]
"""The first Monday, and the zone whose weeks they are."""


@dataclass(frozen=True)
class Figures:
    """What adds up in some weeks, in order."""

    weeks: Sequence[CountedWeek]
    experts: Mapping[str, Counted]
    """Those of whom something was counted and who are still there, by their keys."""
    as_of: datetime

    def of(self, chosen: Callable[[Counted | None], bool]) -> "Figures":
        """Return the figures of some experts; of one who is gone nothing is known."""
        weeks = [week.of(lambda key: chosen(self.experts.get(key))) for week in self.weeks]
        return Figures(weeks, self.experts, self.as_of)


class RememberedFigures:
    """Figures as of less than a minute ago, however often they are asked for.

    Weeks whose free times were deleted meanwhile tell of those that were booked alone.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: OrderedDict[Asked, Figures] = OrderedDict()
        self._counting = asyncio.Lock()

    async def of(self, first: date, zone: str, *, now: datetime) -> Figures:
        """Return the figures of the weeks from a day's week on."""
        asked = (mondays_from(first)[0], zone)
        async with self._counting:
            known = self._known.get(asked)
            if known is None or not timedelta(0) <= now - known.as_of < REMEMBERED_FOR:
                known = await self._count(asked, now)
            self._known[asked] = known
            self._known.move_to_end(asked)
            if len(self._known) > _MOST_REMEMBERED:
                self._known.popitem(last=False)
        return known

    async def _count(self, asked: Asked, now: datetime) -> Figures:
        monday, zone = asked
        weeks = [
            CountedWeek(first, await store.tallies(self._database, *span(first, ZoneInfo(zone), 7)))
            for first in mondays_from(monday)
        ]
        keys = {Key(key) for week in weeks for key in week.tallies}
        return Figures(weeks, await store.counted(self._database, keys), now)
