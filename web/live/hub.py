"""The fan-out in memory: one pass over the connections of all who listen to the same."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from domain.rules.windows import Window
from domain.store.core.database import Key
from web.live.heart import Heart
from web.live.listener import Listener
from web.live.messages import Message
from web.live.outlet import Outlet
from web.live.rendering import Audience

Topic = Key | Window
"""What one listens to: an expert's times, or everybody's free times within a window."""

QUEUE = 256
"""Messages that a listener may be behind before it is cut off; it comes back by its position."""


class Subscription:
    """A listener's place in the hub, for as long as the block lasts."""

    __slots__ = ("_audience", "_hub", "_listener", "_topic")

    def __init__(self, hub: "Hub", topic: Topic, audience: Audience, listener: Listener) -> None:
        self._hub, self._topic, self._audience = hub, topic, audience
        self._listener = listener

    def __enter__(self) -> Listener:
        """Begin to listen."""
        self._hub.add(self._topic, self._audience, self._listener)
        return self._listener

    def __exit__(self, *_: object) -> None:
        """Listen no more."""
        self._hub.remove(self._topic, self._audience, self._listener)


class Hub:
    """Brings messages to the listeners of one topic, and to nobody else's."""

    def __init__(
        self, *, queue: int = QUEUE, told_until: Callable[[], datetime | None] = lambda: None
    ) -> None:
        """Begin with nobody.

        Args:
            queue: How many messages a listener may be behind.
            told_until: Returns until when listeners know every change; None while none arrive.
        """
        self._queue = queue
        self._channels: dict[Topic, dict[Audience, set[Listener]]] = {}
        self._closed = False
        self._heart = Heart(told_until)
        self.ended = 0
        """How many streams have ended."""
        self.nobody = asyncio.Event()
        self.nobody.set()

    def subscribe(
        self, topic: Topic, audience: Audience, outlet: Outlet | None = None
    ) -> Subscription:
        """Listen to a topic until the block ends; after `end` there is nothing to hear.

        Args:
            topic: What to listen to.
            audience: The listener's kind.
            outlet: The way to its connection; without one it takes everything from its queue.
        """
        has_position = isinstance(topic, Key)
        listener = Listener(self._queue, outlet or Outlet(), has_position=has_position)
        return Subscription(self, topic, audience, listener)

    def add(self, topic: Topic, audience: Audience, listener: Listener) -> None:
        """Bring a listener what is sent from now on."""
        if self._closed:
            listener.end()
        self._channels.setdefault(topic, {}).setdefault(audience, set()).add(listener)
        self._heart.add(listener)
        self.nobody.clear()

    def remove(self, topic: Topic, audience: Audience, listener: Listener) -> None:
        """Forget a listener."""
        self._channels[topic][audience].discard(listener)
        self._heart.remove(listener)
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
        for listener in self._everybody():
            listener.offer(message)

    def end(self) -> None:
        """End every stream, also those that begin later."""
        self._closed = True
        for listener in self._everybody():
            listener.end()

    def cut_off(self) -> None:
        """Drop the connections of all who are left."""
        for listener in list(self._everybody()):
            listener.cut_off()

    def _everybody(self) -> Iterator[Listener]:
        for channel in self._channels.values():
            for alike in channel.values():
                yield from alike

    def __len__(self) -> int:
        return sum(1 for _ in self._everybody())
