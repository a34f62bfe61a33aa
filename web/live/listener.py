"""A listener: one open stream, and what waits for it."""

import asyncio
from collections.abc import Mapping

import structlog

from web.live.messages import Message
from web.live.outlet import Outlet

log = structlog.get_logger()

_NOTHING: Mapping[str, int] = {}


class Listener:
    """One open stream. What can't be written at once waits here, shared with the others."""

    __slots__ = ("_ended", "_has_position", "_limit", "_outlet", "_rest", "_waiting", "shown")

    def __init__(self, limit: int, outlet: Outlet, *, has_position: bool) -> None:
        """Begin with nothing that waits.

        Args:
            limit: How many messages may wait.
            outlet: The way to the listener's connection; once that is lost, the stream ends.
            has_position: Whether messages tell up to which instant the listener knows everything.
        """
        self._limit = limit
        self._outlet = outlet
        self._has_position = has_position
        self._waiting: list[Message] = []
        self._rest: asyncio.Future[None] | None = None
        self._ended = outlet.is_lost
        self.shown = _NOTHING
        """The states that the listener was sent before it began to take, by slot."""
        outlet.when_lost = self.end

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

    def ping(self, dated: Message, undated: Message) -> None:
        """Offer a ping: the dated one only where nothing waits that is older than its date."""
        is_current = self._has_position and self._outlet.is_current
        self.offer(dated if is_current else undated)

    def end(self) -> None:
        """Let the stream end once it has taken what waits."""
        self._ended = True
        self._rouse()

    def cut_off(self) -> None:
        """Drop the connection, whatever waits."""
        self._outlet.cut_off()

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
