"""The live feed of one process: its watcher, its listeners, and their beginning and end."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

import structlog

from domain.rules.windows import Window
from domain.store.core.background import end
from domain.store.core.database import Database, Key
from domain.store.memory.slot_changes import SlotChange, slot_watcher
from domain.store.memory.watcher import Follower, Together
from web.live.announcer import Announcer
from web.live.audience_kinds import AudienceKinds
from web.live.catchup import CatchUp
from web.live.hub import QUEUE, Hub
from web.live.lapses import Lapses
from web.live.messages import OPENINGS_CHANGED, Message, caught_up, live_down
from web.live.outlet import Outlet
from web.live.positions import Position
from web.live.rendering import ANYBODY, Audience, FragmentRenderer

log = structlog.get_logger()

_STARTING = 5.0
"""Seconds to wait for the watcher at start; later it goes on trying by itself."""
_ENDING = 1.0
DRAIN_SECONDS = 2.0
"""How long a stream may take to say what it has still to say when the process stops."""


class LiveFeed:
    """One a process, made and ended with it."""

    def __init__(
        self,
        database: Database,
        renderer: FragmentRenderer,
        clock: Callable[[], datetime],
        *,
        on_change: Callable[[Key], None] = lambda _: None,
        followers: Sequence[Follower[SlotChange]] = (),
        queue: int = QUEUE,
    ) -> None:
        """Prepare the feed; nothing happens before `start`.

        Args:
            database: Where the slots are.
            renderer: Makes the fragments.
            clock: Returns the present instant.
            on_change: Told whose times changed, listened to or not.
            followers: Told all that the watcher sees, before any listener hears of it.
            queue: How many messages a listener may be behind.
        """
        self._clock = clock
        self._hub = Hub(queue=queue, told_until=lambda: self.told_until)
        self._kinds = AudienceKinds()
        self._catch_up = CatchUp(database, renderer, clock=clock)
        self._lapses = Lapses(database, clock=clock)
        self._announcer = Announcer(
            self._hub,
            database,
            renderer,
            catch_up=self._catch_up,
            lapses=self._lapses,
            clock=clock,
            watched_until=lambda: self._watcher.seen_at,
            on_change=on_change,
        )
        everyone = Together(*followers, self._announcer)
        self._watcher = slot_watcher(database, everyone, clock=clock)
        self._tasks: list[asyncio.Task[None]] = []
        self._draining: asyncio.TimerHandle | None = None

    @property
    def is_up(self) -> bool:
        """Say whether changes arrive at present."""
        return self._announcer.is_up

    @property
    def spell(self) -> int | None:
        """Number the spell in which changes have arrived without a gap; None while they don't."""
        return self._announcer.spells if self.is_up else None

    @property
    def told_until(self) -> datetime | None:
        """Return until when listeners know every change; None while changes don't arrive."""
        return self._announcer.told_until if self.is_up else None

    @property
    def lag(self) -> timedelta:
        """Return for how long listeners have not known of every change."""
        return self._clock() - self._announcer.told_until

    @property
    def listeners(self) -> int:
        """Count the open streams."""
        return len(self._hub)

    @property
    def ended(self) -> int:
        """Count the streams that have ended since the start."""
        return self._hub.ended

    async def start(self) -> None:
        """Begin to follow; returns when changes arrive, or after a few seconds without."""
        self._tasks = [
            asyncio.create_task(self._watcher.run()),
            asyncio.create_task(self._lapses.run()),
        ]
        with suppress(TimeoutError):
            await asyncio.wait_for(self._announcer.first_up.wait(), _STARTING)

    def end_streams(self) -> None:
        """End every stream after what it has still to say, and every one that begins later.

        For the moment the process is told to stop: servers wait for open responses first.
        """
        self._hub.end()
        if self._draining is None:
            loop = asyncio.get_running_loop()
            self._draining = loop.call_later(DRAIN_SECONDS, self._hub.cut_off)

    async def stop(self) -> None:
        """End the streams, then everything else."""
        self.end_streams()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._hub.nobody.wait(), _ENDING)
        if self._draining is not None:
            self._draining.cancel()
        await end(*self._tasks)
        await self._announcer.stop()
        await self._catch_up.stop()

    async def listen(
        self,
        expert_id: Key,
        zone: str,
        language: str,
        position: Position,
        outlet: Outlet | None = None,
    ) -> AsyncGenerator[bytes, None]:
        """Yield encoded messages about one expert's times, until the stream ends.

        It subscribes first, then reads what it missed, then sends what has arrived meanwhile. What
        comes after that goes through the outlet, and is yielded only where that has no room.

        Args:
            expert_id: Whose times.
            zone: The audience's IANA zone, one that exists.
            language: The audience's language.
            position: Where the listener stands.
            outlet: The way to its connection; without one everything is yielded.
        """
        audience = self._kinds.of(zone, language, self._clock())
        with self._hub.subscribe(expert_id, audience, outlet) as listener:
            begun_at = self._clock()
            if not self.is_up:
                yield live_down(position.known_until(begun_at)).data
            try:
                missed = await self._missed(expert_id, audience, position, begun_at)
            except Exception as error:  # the listener comes back, and by then it may work
                log.warning("live_catch_up_failed", exc_info=error)
                return
            yield missed.data
            listener.shown = missed.revs
            del missed  # it may be a whole list, and the stream lasts for hours
            while news := await listener.take():
                yield news

    async def watch(
        self, window: Window, outlet: Outlet | None = None
    ) -> AsyncGenerator[bytes, None]:
        """Yield encoded messages whenever free times within a window may have changed.

        The first says so at once: whoever begins to listen looks once more, and has missed nothing.

        Args:
            window: Within which times.
            outlet: The way to the listener's connection; without one everything is yielded.
        """
        with self._hub.subscribe(window, ANYBODY, outlet) as listener:
            if not self.is_up:
                yield live_down(self._clock()).data
            yield OPENINGS_CHANGED.data
            while news := await listener.take():
                yield news

    async def _missed(
        self, expert_id: Key, audience: Audience, position: Position, now: datetime
    ) -> Message:
        if position.lost:
            return await self._catch_up.whole(expert_id, audience)
        if position.since is None:
            return caught_up(now)
        return await self._catch_up.since(expert_id, audience, position.since)
