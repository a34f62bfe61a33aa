"""Openings: who is free in a window, among all experts at once.

Times are not kept in memory at large. The claimable ones of a day of UTC are read when
somebody first asks for that day, and then follow the changes of slots, as long as their watcher is
up; those asked for lately are kept, as far as there is room. While it is down, and about a day for
which there is no room at all, each question is a query.
"""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from domain.rules.slots import SlotState
from domain.rules.windows import Window
from domain.store.core.database import Database, Key
from domain.store.documents import Slot
from domain.store.memory.slot_changes import SlotChange
from domain.store.slots.open_days import OpenDay, Opening, Vacancies, opening_of

KEPT_DAYS = 8
KEPT_WINDOWS = 64
KEPT_TIMES = 400_000
"""How many times of all days together are kept: each takes some half a kilobyte."""

_PROJECTION = dict.fromkeys(set(Opening._fields) - {"slot_id"}, 1)
_AT_ONCE = 1_000


async def claimable(
    database: Database, start: datetime, end: datetime
) -> AsyncIterator[Sequence[Opening]]:
    """Yield all experts' claimable slots that start in `[start, end)`, some at a time, in no order.

    Held ones first: what is given back meanwhile is then among the open ones, and of a slot that
    comes twice the higher `rev` holds.
    """
    for state in (SlotState.HELD, SlotState.OPEN):
        query = {"state": state.value, "starts_at": {"$gte": start, "$lt": end}}
        cursor = database.collection(Slot).find(query, _PROJECTION, batch_size=_AT_ONCE)
        while some := await cursor.to_list(_AT_ONCE):  # thousands of them hold up nobody else
            yield [opening_of(document) for document in some]


async def read_day(database: Database, day: OpenDay, start: datetime, end: datetime) -> None:
    """Fill a day with what starts in `[start, end)`."""
    async for some in claimable(database, start, end):
        day.read(some)
    day.has_been_read()


@dataclass(frozen=True)
class _Kept:
    """A day that is followed, and its read, which may be still on."""

    day: OpenDay
    reading: asyncio.Task[None]


@dataclass(frozen=True)
class _Begun:
    """A window that is looked at for the first time."""

    vacancies: Vacancies
    looking: asyncio.Task[bool]
    """Whether its days were followed meanwhile."""


class Openings:
    """Answers who is free when; follows the slots as a watcher tells of them."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._is_up = False
        self._days: OrderedDict[date, _Kept] = OrderedDict()
        self._begun: dict[Window, _Begun] = {}
        self._vacancies: OrderedDict[Window, Vacancies] = OrderedDict()
        self._crowded: set[date] = set()
        """Days that have more times than there is room for."""

    async def up(self, since: datetime) -> None:  # noqa: ARG002 - all is read anew, whatever was missed
        """Keep days from now on: every change is followed."""
        self.down()
        self._is_up = True

    def down(self) -> None:
        """Keep nothing: who asks is answered from the database."""
        self._is_up = False
        self._begun.clear()
        self._vacancies.clear()
        self._days.clear()
        self._crowded.clear()

    async def changed(self, change: SlotChange) -> None:
        """Take over one change, if its day is kept."""
        kept = self._days.get(change.document["starts_at"].date())
        if kept is None:
            return
        slot = opening_of(change.document)
        kept.day.change(slot)
        begun = [one.vacancies for one in self._begun.values()]
        for vacancies in (*self._vacancies.values(), *begun):
            if vacancies.window.holds(slot.starts_at, slot.ends_at):
                vacancies.note(slot.expert_id)

    async def free_in(self, window: Window, now: datetime) -> Mapping[Key, Sequence[Opening]]:
        """Return who has times within a window that are free at `now`, and those, in order."""
        vacancies = self._vacancies.get(window) or await self._look(window, now)
        if window in self._vacancies:
            self._note_use(window)
        return vacancies.at(now)

    async def edition(self, window: Window, now: datetime) -> object | None:
        """Return an object that gives way to another when who is free at `now` may have changed.

        None for a window that is not followed.
        """
        if not self._can_follow(window):
            return None
        await self.free_in(window, now)
        return self._vacancies[window].edition if window in self._vacancies else None

    def _can_follow(self, window: Window) -> bool:
        return self._is_up and self._crowded.isdisjoint(window.days())

    async def _look(self, window: Window, now: datetime) -> Vacancies:
        """Look at what isn't kept; what could not be followed meanwhile is read for this once."""
        can = self._can_follow(window)
        days = [await self._day(on) for on in window.days()] if can else []
        if self._are_followed(window, days):
            begun = self._beginning(window, days, now)
            is_followed = await asyncio.shield(begun.looking)  # one who leaves stops nobody else's
            if is_followed:
                return begun.vacancies
        day = OpenDay()
        await read_day(self._database, day, window.start, window.end)
        vacancies = Vacancies(window, [day])
        await vacancies.begin(now)
        return vacancies

    def _are_followed(self, window: Window, days: Sequence[OpenDay]) -> bool:
        return bool(days) and days == [self._followed(on) for on in window.days()]

    def _beginning(self, window: Window, days: Sequence[OpenDay], now: datetime) -> _Begun:
        """Return the first look at a window, which all who ask meanwhile wait for."""
        begun = self._begun.get(window)
        if begun is None or begun.vacancies.days != days:
            vacancies = Vacancies(window, days)
            looking = asyncio.create_task(self._begin(vacancies, now))
            looking.add_done_callback(_look_at)
            begun = self._begun[window] = _Begun(vacancies, looking)
        return begun

    async def _begin(self, vacancies: Vacancies, now: datetime) -> bool:
        """Look at everybody, and keep that from here on; False if it wasn't followed meanwhile."""
        window = vacancies.window
        try:
            await vacancies.begin(now)
            if not self._are_followed(window, vacancies.days):
                return False
            self._vacancies[window] = vacancies
            return True
        finally:
            begun = self._begun.get(window)
            if begun and begun.vacancies is vacancies:
                del self._begun[window]

    def _followed(self, on: date) -> OpenDay | None:
        return self._days[on].day if on in self._days else None

    async def _day(self, on: date) -> OpenDay:
        """Return a day once it is read; who asks meanwhile waits for the same read."""
        kept = self._days.get(on)
        if kept is None:
            day = OpenDay()  # told of changes from here on, and read after that
            kept = self._days[on] = _Kept(day, asyncio.create_task(self._read(on, day)))
            kept.reading.add_done_callback(_look_at)
        await asyncio.shield(kept.reading)  # one who leaves stops nobody else's read
        return kept.day

    async def _read(self, on: date, day: OpenDay) -> None:
        start = datetime.combine(on, time.min, tzinfo=UTC)
        try:
            await read_day(self._database, day, start, start + timedelta(days=1))
        except BaseException:
            self._forget(on, day)
            raise
        if day.size > KEPT_TIMES:
            self._crowded.add(on)
            self._forget(on, day)

    def _forget(self, on: date, day: OpenDay) -> None:
        if self._followed(on) is day:
            del self._days[on]

    @property
    def _size(self) -> int:
        return sum(kept.day.size for kept in self._days.values())

    def _note_use(self, window: Window) -> None:
        """Keep the days and windows asked for last; a window goes with its days."""
        self._vacancies.move_to_end(window)
        for on in window.days():
            self._days.move_to_end(on)
        while len(self._days) > KEPT_DAYS or self._size > KEPT_TIMES:
            self._days.popitem(last=False)
        for kept in list(self._vacancies):
            if len(self._vacancies) > KEPT_WINDOWS or not self._days.keys() >= {*kept.days()}:
                del self._vacancies[kept]


def _look_at(reading: asyncio.Task[Any]) -> None:
    """Fetch the failure of a read that everybody left, so that the loop doesn't report it."""
    if not reading.cancelled():
        reading.exception()
