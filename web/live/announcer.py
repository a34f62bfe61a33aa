"""Follows the watcher and tells the listeners what it sees."""

import asyncio
from collections.abc import Callable
from datetime import datetime

import structlog
from prometheus_client import Histogram

from domain.rules.events import CHANGE_THE_LIST, SlotEvent
from domain.rules.instants import EPOCH
from domain.store.core.database import Database, Key
from domain.store.memory.slot_changes import SlotChange
from web.live.catchup import CatchUp
from web.live.day_news import DayNews, Note
from web.live.hub import Hub
from web.live.lapses import Lapses
from web.live.messages import Press, live_down, live_up
from web.live.opening_news import OpeningNews
from web.live.positions import MARGIN
from web.live.rendering import FragmentRenderer

log = structlog.get_logger()

_DELAY = Histogram(
    "expertconnect_feed_delay_seconds",
    "From the request that changed a time to each worker's telling its listeners.",
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0),
)


class Announcer:
    """What every process does with a change: it costs nothing where nobody listens."""

    def __init__(
        self,
        hub: Hub,
        database: Database,
        renderer: FragmentRenderer,
        *,
        catch_up: CatchUp,
        lapses: Lapses,
        clock: Callable[[], datetime],
        watched_until: Callable[[], datetime],
        on_change: Callable[[Key], None],
    ) -> None:
        self._hub = hub
        self._renderer = renderer
        self._catch_up = catch_up
        self._lapses = lapses
        self._clock = clock
        self._watched_until = watched_until
        self._told_until = EPOCH
        self._on_change = on_change
        self._days = DayNews(hub, database, renderer, clock=clock)
        self._openings = OpeningNews(hub)
        self.is_up = False
        self.spells = 0
        self.first_up = asyncio.Event()

    @property
    def told_until(self) -> datetime:
        """Return up to which instant listeners have been sent every change, while this is up."""
        told = max(self._watched_until(), self._told_until)
        return min(told, self._clock())  # another host's clock may be ahead

    async def up(self, since: datetime) -> None:
        """Catch everyone up on what may have been missed, then tell them that they are live."""
        begun_at = self._clock()
        for expert_id in self._hub.experts:
            for audience in self._hub.audiences(expert_id):
                message = await self._catch_up.since(expert_id, audience, since - MARGIN)
                self._hub.send(expert_id, audience, message)
        self._openings.note_all()
        self.is_up = True
        self.spells += 1
        self.first_up.set()
        self._told_until = max(self._told_until, begun_at)
        self._hub.send_all(live_up(begun_at))

    def down(self) -> None:
        """Tell everyone that they are not live; they keep their streams."""
        if self.is_up:
            self.is_up = False
            self._hub.send_all(live_down(self.told_until))

    async def changed(self, change: SlotChange) -> None:
        """Tell the expert's listeners, each kind of audience in bytes made once.

        Between two kinds others have their turn: there may be as many as there are ways of clocks.
        """
        await self._tell(change)
        self._told_until = max(self._told_until, change.at)

    async def _tell(self, change: SlotChange) -> None:
        _DELAY.observe(max((self._clock() - change.at).total_seconds(), 0.0))
        if change.held_until is not None:
            self._lapses.note(change.held_until)
        if change.event is None:
            return
        self._on_change(change.expert_id)
        self._openings.note(change.document["starts_at"], change.document["ends_at"])
        if not self._hub.audiences(change.expert_id):
            return
        try:
            await self._announce(change, change.event)
        except Exception:  # one fragment that can't be shown must not end the feed
            log.exception("live_change_not_shown")

    async def stop(self) -> None:
        """End what is still to be told of days and windows."""
        await self._days.stop()
        await self._openings.stop()

    async def _announce(self, change: SlotChange, event: SlotEvent) -> None:
        starts_at = change.document["starts_at"]
        self._days.note(change.expert_id, Note(starts_at, event, change.at))
        if event in CHANGE_THE_LIST:
            return
        slot, now = change.slot(), self._clock()
        for audience in self._hub.audiences(change.expert_id):
            message = Press(self._renderer, audience, now).slot(event, slot, change.at)
            self._hub.send(change.expert_id, audience, message)
            await asyncio.sleep(0)
