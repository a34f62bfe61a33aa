"""The heart: every listener hears a ping now and then, without a task or a timer of its own."""

import asyncio
from collections import deque
from collections.abc import Callable
from datetime import datetime

from web.live.listener import Listener
from web.live.messages import Message, ping

PING_SECONDS = 15
"""How often each listener hears a ping."""
TURNS = 15
"""How many parts they are pinged in, so that not all of them are written to at once."""


class Heart:
    """Pings those who listen, and rests while nobody does. One a process."""

    def __init__(self, told_until: Callable[[], datetime | None]) -> None:
        """Prepare to beat.

        Args:
            told_until: Returns until when listeners know every change; None while none arrive.
        """
        self._told_until = told_until
        self._turns: deque[set[Listener]] = deque(set[Listener]() for _ in range(TURNS))
        self._next: asyncio.TimerHandle | None = None

    def add(self, listener: Listener) -> None:
        """Ping a listener from now on, at first when all others have had their turn."""
        self._turns[-1].add(listener)
        if self._next is None:
            self._wait()

    def remove(self, listener: Listener) -> None:
        """Ping a listener no more."""
        for turn in self._turns:
            turn.discard(listener)

    def _wait(self) -> None:
        loop = asyncio.get_running_loop()
        self._next = loop.call_later(PING_SECONDS / TURNS, self._beat)

    def _beat(self) -> None:
        self._next = None
        if any(self._turns):
            self._wait()
        self._turns.rotate(-1)
        dated, undated = Message(ping(self._told_until())), Message(ping(None))
        for listener in list(self._turns[-1]):
            listener.ping(dated, undated)
