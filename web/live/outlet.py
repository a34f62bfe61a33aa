"""Outlets: a message goes to a listener's connection at once, without a task being woken for it."""

from collections.abc import Callable
from typing import Protocol, runtime_checkable

from web.live.messages import Message


class Transport(Protocol):
    """Where bytes go."""

    def write(self, data: bytes) -> None: ...  # noqa: D102 - as asyncio's
    def is_closing(self) -> bool: ...  # noqa: D102 - as asyncio's
    def abort(self) -> None: ...  # noqa: D102 - as asyncio's


class Flow(Protocol):
    """Whether there is room."""

    @property
    def write_paused(self) -> bool: ...  # noqa: D102 - as in Connection


class Connection(Protocol):
    """What an outlet goes by of a connection, named as uvicorn names it."""

    @property
    def transport(self) -> Transport: ...  # noqa: D102
    @property
    def flow(self) -> Flow: ...  # noqa: D102
    @property
    def chunked_encoding(self) -> bool | None: ...  # noqa: D102
    @property
    def disconnected(self) -> bool: ...  # noqa: D102
    @property
    def response_complete(self) -> bool: ...  # noqa: D102


@runtime_checkable
class TellsOfLoss(Protocol):
    """A connection that says when there is nobody at the other side any more."""

    when_lost: Callable[[], None] | None


class Outlet:
    """The way to one listener's connection, beside the task that serves it.

    It writes what the server's own `send` would write: one chunk. That is framed once for all
    listeners, since at a thousand of them the frames cost more than the system's writes. Where
    `send` would wait for room, nothing is written, and the message goes by the listener's queue.
    For a server other than uvicorn an outlet is never opened.
    """

    __slots__ = ("_connection", "is_current", "when_lost")

    def __init__(self) -> None:
        self._connection: Connection | None = None
        self.when_lost: Callable[[], None] | None = None
        """Called once there is nobody at the other side any more."""
        self.is_current = False
        """Whether the listener has been sent all that there was for it, so that nothing waits."""

    def open(self, connection: Connection) -> None:
        """Learn where to write."""
        self._connection = connection

    def close(self) -> None:
        """Let nothing through any more."""
        self._connection = self.when_lost = None

    @property
    def is_lost(self) -> bool:
        """Say whether there is nobody at the other side any more."""
        way = self._connection
        return way is not None and (way.disconnected or way.transport.is_closing())

    def lose(self) -> None:
        """Tell the listener that its connection is lost."""
        if self.when_lost is not None:
            self.when_lost()

    def cut_off(self) -> None:
        """Drop the connection, with what was written and never read."""
        if self._connection is not None:
            self._connection.transport.abort()

    def write(self, message: Message) -> bool:
        """Write at once; False where that can't be, and nothing was written.

        Raises:
            Exception: Whatever the transport raises: the connection is of no use any more.
        """
        way = self._connection
        if way is None or way.disconnected or way.response_complete:
            return False
        if way.flow.write_paused or not way.chunked_encoding:
            return False
        way.transport.write(message.chunk)
        return True
