"""What changed about a day as a whole: its list of times, or how many of them are free."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol, TypeVar
from zoneinfo import ZoneInfo

import structlog

from domain.rules import schedule
from domain.rules.events import CHANGE_THE_LIST, SlotEvent
from domain.store.core.background import end
from domain.store.core.database import Database, Key
from domain.store.documents import Slot
from domain.store.slots import claiming as slot_store
from web.i18n.zones import zone_info
from web.live.hub import Hub
from web.live.messages import Message, Press, join
from web.live.rendering import Audience, FragmentRenderer

log = structlog.get_logger()

_SETTLE = 0.05
"""Seconds without another change after which those made together are told."""
_SETTLES = 10
"""How many times it waits so long, while more of them come."""
_PAUSE = 1.0
"""Seconds between two messages about one expert's days."""
_READS = 3
_DAYS_AT_ONCE = 10
"""How many days are rendered before others have their turn: a year of them takes a while."""


@dataclass(frozen=True)
class Note:
    """One change, as far as days are concerned."""

    starts_at: datetime
    event: SlotEvent
    at: datetime


class _Started(Protocol):
    @property
    def starts_at(self) -> datetime: ...


T = TypeVar("T", bound=_Started)


def _by_day(those: Iterable[T], zone: ZoneInfo) -> Mapping[date, Sequence[T]]:
    days: dict[date, list[T]] = defaultdict(list)
    for one in those:
        days[schedule.day_of(one.starts_at, zone)].append(one)
    return days


def _span(notes: Collection[Note], zone: ZoneInfo) -> tuple[datetime, datetime]:
    days = _by_day(notes, zone)
    first, last = min(days), max(days)
    return schedule.span(first, zone, days=(last - first).days + 1)


async def read_days(
    database: Database, expert_id: Key, notes: Collection[Note], audiences: Collection[Audience]
) -> Sequence[Slot]:
    """Return all slots of the days that the notes are about, in every audience's zone."""
    spans = [_span(notes, zone_info(audience.zone)) for audience in audiences]
    start, end = min(span[0] for span in spans), max(span[1] for span in spans)
    return await slot_store.between(database, expert_id, start, end)


def day_messages(
    press: Press, zone: ZoneInfo, notes: Collection[Note], slots: Sequence[Slot], *, at: datetime
) -> Iterator[Message]:
    """Tell of each day once: the whole day where its list changed, else only its count.

    Args:
        press: Makes the messages.
        zone: Whose days.
        notes: What changed.
        slots: All slots of these days.
        at: The position of whoever has heard only some of the messages.
    """
    listed = _by_day(slots, zone)
    for on, noted in sorted(_by_day(notes, zone).items()):
        of_day = listed.get(on, [])
        events = {note.event for note in noted} & CHANGE_THE_LIST
        yield press.day(events, on, of_day, at) if events else press.day_count(on, of_day, at)


class DayNews:
    """Gathers changes and tells each expert's listeners of their days, at most once a second."""

    def __init__(
        self,
        hub: Hub,
        database: Database,
        renderer: FragmentRenderer,
        *,
        clock: Callable[[], datetime],
    ) -> None:
        self._hub = hub
        self._database = database
        self._renderer = renderer
        self._clock = clock
        self._notes: dict[Key, list[Note]] = {}
        self._tasks: dict[Key, asyncio.Task[None]] = {}

    def note(self, expert_id: Key, note: Note) -> None:
        """Remember a change that the listeners have to hear of soon."""
        self._notes.setdefault(expert_id, []).append(note)
        if expert_id not in self._tasks:
            self._tasks[expert_id] = asyncio.create_task(self._tell_while_noted(expert_id))

    async def stop(self) -> None:
        """Drop what is still to be told; listeners come back by their positions."""
        await end(*self._tasks.values())

    async def _tell_while_noted(self, expert_id: Key) -> None:
        try:
            while self._notes.get(expert_id):
                await self._settle(expert_id)
                try:
                    await self._tell(expert_id)
                except Exception as error:  # the notes stay, and the next round tells them
                    log.warning("live_day_delayed", exc_info=error)
                await asyncio.sleep(_PAUSE)
        finally:
            self._notes.pop(expert_id, None)
            del self._tasks[expert_id]

    async def _settle(self, expert_id: Key) -> None:
        """Wait until nothing more is noted, as far as that comes soon."""
        for _ in range(_SETTLES):
            noted = len(self._notes[expert_id])
            await asyncio.sleep(_SETTLE)
            if len(self._notes[expert_id]) == noted:
                return

    async def _tell(self, expert_id: Key) -> None:
        """Read the days until nothing changes meanwhile, as far as that comes soon."""
        notes = self._notes[expert_id]
        slots: Sequence[Slot] = []
        for _ in range(_READS):
            told = len(notes)
            audiences = self._hub.audiences(expert_id)  # one that comes later reads more than this
            if not audiences:
                break
            slots = await read_days(self._database, expert_id, notes, audiences)
            if len(notes) == told:
                break
        for audience in audiences:
            for message in await self._joined(audience, notes[:told], slots):
                self._hub.send(expert_id, audience, message)
            await asyncio.sleep(0)
        del notes[:told]  # what came during the last read is told in the next round

    async def _joined(
        self, audience: Audience, notes: Sequence[Note], slots: Sequence[Slot]
    ) -> Sequence[Message]:
        """Return all lists as one message, and all counts, which have no revisions, as another.

        A listener that takes a year of days slowly is not far behind then.
        """
        press, zone = Press(self._renderer, audience, self._clock()), zone_info(audience.zone)
        lists: list[Message] = []
        counts: list[Message] = []
        at = min(note.at for note in notes)
        for n, message in enumerate(day_messages(press, zone, notes, slots, at=at), 1):
            (lists if message.revs else counts).append(message)
            if n % _DAYS_AT_ONCE == 0:
                await asyncio.sleep(0)
        return [join(several) for several in (lists, counts) if several]
