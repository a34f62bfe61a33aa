"""The fan-out in memory: one pass over the connections of all who listen to the same."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import structlog

from domain.rules.windows import Window
from domain.store.core.database import Key
from web.live.messages import Message
from web.live.outlet import Outlet
from web.live.rendering import Audience

log = structlog.get_logger()

Topic = Key | Window
"""What one listens to: an expert's times, or everybody's free times within a window."""

QUEUE = 256
"""Messages that a listener may be behind before it is cut off; it comes back by its position."""


class Listener:
    """One open stream. What can't be written at once waits here, shared with the others."""

    def __init__(self, limit: int, outlet: Outlet) -> None:
        self._limit = limit
        self._outlet = outlet
        self._waiting: list[Message] = []
        self._rest: asyncio.Future[None] | None = None
        self._ended = False
        self.shown: Mapping[str, int] = {}
        """The states that the listener was sent before it began to take, by slot."""

    def offer(self, message: Message) -> None:
        """Write a message or queue it; a listener that is too far behind is cut off."""
        if self._ended or (self._rest is not None and self._written(message)):
            return
        if len(self._waiting) >= self._limit:
            self._waiting.clear()
            self.end()
            return
        self._waiting.append(message)
        self._rouse()

    def end(self) -> None:
        """Let the stream end once it has taken what waits."""
        self._ended = True
        self._rouse()

    async def take(self) -> bytes:
        """Wait for news that could not be written at once; nothing when the stream has ended."""
        while not (news := self._news()) and not self._ended:
            # Everything taken before is sent by now: what comes may go straight to the connection.
            self._rest = asyncio.get_running_loop().create_future()
            self._outlet.is_current = True
            try:
                await self._rest
            finally:
                self._rest = None
                self._outlet.is_current = False
        return news

    def _rouse(self) -> None:
        if self._rest is not None:
            rest, self._rest = self._rest, None
            self._outlet.is_current = False
            if not rest.done():  # its task may have been cancelled
                rest.set_result(None)

    def _written(self, message: Message) -> bool:
        if self.shown and not message.is_news_after(self.shown):
            return True
        try:
            return self._outlet.write(message)
        except Exception as error:  # one connection that fails is no other's affair
            log.warning("live_listener_failed", exc_info=error)
            self.end()
            return True

    def _news(self) -> bytes:
        news = [m.data for m in self._waiting if m.is_news_after(self.shown)]
        self._waiting.clear()
        return b"".join(news)


class Hub:
    """Brings messages to the listeners of one topic, and to nobody else's."""

    def __init__(self, *, queue: int = QUEUE) -> None:
        self._queue = queue
        self._channels: dict[Topic, dict[Audience, set[Listener]]] = {}
        self._closed = False
        self.ended = 0
        """How many streams have ended."""
        self.nobody = asyncio.Event()
        self.nobody.set()

    @contextmanager
    def subscribe(
        self, topic: Topic, audience: Audience, outlet: Outlet | None = None
    ) -> Iterator[Listener]:
        """Listen to a topic until the block ends; after `end` there is nothing to hear.

        Args:
            topic: What to listen to.
            audience: The listener's kind.
            outlet: The way to its connection; without one it takes everything from its queue.
        """
        listener = Listener(self._queue, outlet or Outlet())
        if self._closed:
            listener.end()
        alike = self._channels.setdefault(topic, {}).setdefault(audience, set())
        alike.add(listener)
        self.nobody.clear()
        try:
            yield listener
        finally:
            alike.discard(listener)
            self.ended += 1
            self._forget(topic, audience)

    def _forget(self, topic: Topic, audience: Audience) -> None:
        channel = self._channels.get(topic, {})
        if audience in channel and not channel[audience]:
            del channel[audience]
        if not channel:
            self._channels.pop(topic, None)
        if not self._channels:
            self.nobody.set()

    @property
    def experts(self) -> Sequence[Key]:
        """Return whose times anybody listens to."""
        return [topic for topic in self._channels if isinstance(topic, Key)]

    @property
    def windows(self) -> Sequence[Window]:
        """Return the windows that anybody listens to."""
        return [topic for topic in self._channels if isinstance(topic, Window)]

    def audiences(self, topic: Topic) -> Sequence[Audience]:
        """Return the kinds of audiences that listen to a topic; none is the usual case."""
        return list(self._channels.get(topic, ()))

    def send(self, topic: Topic, audience: Audience, message: Message) -> None:
        """Bring a message to all listeners of one topic that are alike."""
        for listener in self._channels.get(topic, {}).get(audience, ()):
            listener.offer(message)

    def send_all(self, message: Message) -> None:
        """Bring a message to every listener there is."""
        for channel in self._channels.values():
            for alike in channel.values():
                for listener in alike:
                    listener.offer(message)

    def end(self) -> None:
        """End every stream, also those that begin later."""
        self._closed = True
        for channel in self._channels.values():
            for alike in channel.values():
                for listener in alike:
                    listener.end()

    def __len__(self) -> int:
        return sum(len(alike) for channel in self._channels.values() for alike in channel.values())
