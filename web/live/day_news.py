"""What changed about a day as a whole: its list of times, or how many of them are free."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
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
from web.live.messages import Message, Press
from web.live.rendering import Audience, FragmentRenderer

log = structlog.get_logger()

_SETTLE = 0.05
"""Seconds in which changes made together are gathered."""
_PAUSE = 1.0
"""Seconds between two messages about one expert's days."""
_READS = 3


@dataclass(frozen=True)
class Note:
    """One change, as far as days are concerned."""

    starts_at: datetime
    event: SlotEvent
    at: datetime


def _by_day(notes: Collection[Note], zone: ZoneInfo) -> Mapping[date, Collection[Note]]:
    days: dict[date, list[Note]] = defaultdict(list)
    for note in notes:
        days[schedule.day_of(note.starts_at, zone)].append(note)
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
) -> Sequence[Message]:
    """Tell of each day once: the whole day where its list changed, else only its count.

    Args:
        press: Makes the messages.
        zone: Whose days.
        notes: What changed.
        slots: All slots of these days.
        at: The position of whoever has heard only some of the messages.
    """
    messages = []
    for on, noted in sorted(_by_day(notes, zone).items()):
        of_day = [slot for slot in slots if schedule.day_of(slot.starts_at, zone) == on]
        events = {note.event for note in noted} & CHANGE_THE_LIST
        messages.append(
            press.day(events, on, of_day, at) if events else press.day_count(on, of_day, at)
        )
    return messages


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
                await asyncio.sleep(_SETTLE)
                try:
                    await self._tell(expert_id)
                except Exception as error:  # the notes stay, and the next round tells them
                    log.warning("live_day_delayed", exc_info=error)
                await asyncio.sleep(_PAUSE)
        finally:
            self._notes.pop(expert_id, None)
            del self._tasks[expert_id]

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
        now, at = self._clock(), min(note.at for note in notes[:told])
        for audience in audiences:
            press = Press(self._renderer, audience, now)
            zone = zone_info(audience.zone)
            for message in day_messages(press, zone, notes[:told], slots, at=at):
                self._hub.send(expert_id, audience, message)
        del notes[:told]  # what came during the last read is told in the next round
