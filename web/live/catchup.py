"""Catching up: the present state of what changed since an instant, read once for all who ask."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from domain.rules import schedule
from domain.rules.events import CHANGE_THE_LIST, OF_STATE, SlotEvent
from domain.rules.instants import EPOCH
from domain.store.core import changes
from domain.store.core.database import Database, Key
from domain.store.core.shared import Shared
from domain.store.documents import Slot
from domain.store.slots import claiming as slots
from web.i18n.zones import zone_info
from web.live.day_news import Note, day_messages, read_days
from web.live.messages import Message, Press, caught_up, join
from web.live.positions import MARGIN, OLDEST
from web.live.rendering import Audience, FragmentRenderer

MOST_CHANGES = 200
"""Above this many changed slots a listener gets the whole list instead."""

_GRAIN = timedelta(seconds=10)
"""Positions within one grain share a read; a state sent twice is harmless."""


def _event_of(slot: Slot, since: datetime) -> SlotEvent:
    event = SlotEvent.FULL if slot.full else OF_STATE[slot.state]
    if event is not SlotEvent.WITHDRAWN and changes.published_since(slot, since):
        return SlotEvent.PUBLISHED
    return event


class CatchUp:
    """Reads from the database what listeners missed. Nothing is remembered between reads."""

    def __init__(
        self, database: Database, renderer: FragmentRenderer, *, clock: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._renderer = renderer
        self._clock = clock
        self._reads: Shared[list[Slot]] = Shared()
        self._messages: Shared[Message] = Shared()

    async def since(self, expert_id: Key, audience: Audience, instant: datetime) -> Message:
        """Return the present state of every slot that changed since an instant, as one message.

        When that is too long ago or too much, it is the whole list. A listener that is cut off in
        the middle comes back to where it began; at the end it has a new position.
        """
        since = instant - (instant - EPOCH) % _GRAIN
        return await self._messages.ask(
            (expert_id, audience, since), lambda: self._since(expert_id, audience, since)
        )

    async def whole(self, expert_id: Key, audience: Audience) -> Message:
        """Return the list of the week that begins today, as one `resync`."""
        return await self._messages.ask(
            (expert_id, audience), lambda: self._whole(expert_id, audience)
        )

    async def stop(self) -> None:
        """End reads that run; who waits for them is ended too."""
        await self._messages.stop()
        await self._reads.stop()

    async def _since(self, expert_id: Key, audience: Audience, since: datetime) -> Message:
        begun_at = self._clock()
        if since < begun_at - OLDEST - MARGIN - _GRAIN:
            return await self.whole(expert_id, audience)
        changed = await self._reads.ask(
            (expert_id, since),
            lambda: changes.changed_since(self._database, expert_id, since, limit=MOST_CHANGES + 1),
        )
        if len(changed) > MOST_CHANGES:
            return await self.whole(expert_id, audience)
        notes = [Note(slot.starts_at, _event_of(slot, since), slot.changed_at) for slot in changed]
        days: Sequence[Slot] = []
        if notes:
            days = await read_days(self._database, expert_id, notes, [audience])
        press = Press(self._renderer, audience, self._clock())
        known_until = since + MARGIN
        states = [
            press.slot(note.event, slot, known_until)
            for slot, note in zip(changed, notes, strict=True)
            if note.event not in CHANGE_THE_LIST
        ]
        told = day_messages(press, zone_info(audience.zone), notes, days, at=known_until)
        return join([*states, *told, caught_up(begun_at)])

    async def _whole(self, expert_id: Key, audience: Audience) -> Message:
        now = self._clock()
        zone = zone_info(audience.zone)
        start, end = schedule.span(schedule.day_of(now, zone), zone)
        week = await slots.between(self._database, expert_id, start, end)
        return join([Press(self._renderer, audience, now).resync(week, now), caught_up(now)])
