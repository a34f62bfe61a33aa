"""Outlets: a message goes to a listener's connection at once, without a task being woken for it."""

from typing import Protocol

from web.live.messages import Message


class Transport(Protocol):
    """Where bytes go."""

    def write(self, data: bytes) -> None: ...  # noqa: D102 - as asyncio's


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


class Outlet:
    """The way to one listener's connection, beside the task that serves it.

    It writes what the server's own `send` would write: one chunk. That is framed once for all
    listeners, since at a thousand of them the frames cost more than the system's writes. Where
    `send` would wait for room, nothing is written, and the message goes by the listener's queue.
    For a server other than uvicorn an outlet is never opened.
    """

    def __init__(self) -> None:
        self._connection: Connection | None = None
        self.is_current = False
        """Whether the listener has been sent all that there was for it, so that nothing waits."""

    def open(self, connection: Connection) -> None:
        """Learn where to write."""
        self._connection = connection

    def close(self) -> None:
        """Let nothing through any more."""
        self._connection = None

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
