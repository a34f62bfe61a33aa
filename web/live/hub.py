"""The fan-out in memory: who listens to which expert, and a bounded queue for each."""

import asyncio
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from domain.store.database import Key
from web.live.messages import Message
from web.live.rendering import Audience

QUEUE = 256
"""Messages that a listener may be behind before it is cut off; it comes back by its position."""


class Listener:
    """One open stream. Messages wait here, all of them shared with the others."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._waiting: deque[Message] = deque()
        self._wake = asyncio.Event()
        self._ended = False

    def offer(self, message: Message) -> None:
        """Queue a message, or cut the listener off when it is too far behind."""
        if self._ended:
            return
        if len(self._waiting) >= self._limit:
            self._waiting.clear()
            self.end()
            return
        self._waiting.append(message)
        self._wake.set()

    def end(self) -> None:
        """Let the stream end once it has taken what waits."""
        self._ended = True
        self._wake.set()

    async def take(self) -> Sequence[Message]:
        """Wait for messages and take all there are; none at all when the stream has ended."""
        await self._wake.wait()
        messages = list(self._waiting)
        self._waiting.clear()
        if not self._ended:
            self._wake.clear()
        return messages


class Hub:
    """Brings messages to the listeners of one expert, and to nobody else's."""

    def __init__(self, *, queue: int = QUEUE) -> None:
        self._queue = queue
        self._channels: dict[Key, dict[Audience, set[Listener]]] = {}
        self._closed = False
        self.nobody = asyncio.Event()
        self.nobody.set()

    @contextmanager
    def subscribe(self, expert_id: Key, audience: Audience) -> Iterator[Listener]:
        """Listen to an expert until the block ends; after `end` there is nothing to hear."""
        listener = Listener(self._queue)
        if self._closed:
            listener.end()
        alike = self._channels.setdefault(expert_id, {}).setdefault(audience, set())
        alike.add(listener)
        self.nobody.clear()
        try:
            yield listener
        finally:
            alike.discard(listener)
            self._forget(expert_id, audience)

    def _forget(self, expert_id: Key, audience: Audience) -> None:
        channel = self._channels.get(expert_id, {})
        if audience in channel and not channel[audience]:
            del channel[audience]
        if not channel:
            self._channels.pop(expert_id, None)
        if not self._channels:
            self.nobody.set()

    @property
    def experts(self) -> Sequence[Key]:
        """Return whom anybody listens to."""
        return list(self._channels)

    def audiences(self, expert_id: Key) -> Sequence[Audience]:
        """Return the kinds of audiences that listen to an expert; none is the usual case."""
        return list(self._channels.get(expert_id, ()))

    def send(self, expert_id: Key, audience: Audience, message: Message) -> None:
        """Bring a message to all listeners of one expert that are alike."""
        for listener in self._channels.get(expert_id, {}).get(audience, ()):
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
