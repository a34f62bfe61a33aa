"""Outlets: a message goes to a listener's connection at once, without a task being woken for it."""

from collections.abc import Awaitable, Callable
from typing import Any

Send = Callable[[Any], Awaitable[None]]
"""Sends one ASGI message; `Any`, since servers and frameworks type messages each in their way."""


class Outlet:
    """The way to one listener's connection, beside the task that serves it.

    To write is to take one step of the connection's own `send`, which is a coroutine. Where the
    connection takes the message, that one step is all of it. Where it doesn't, `send` waits for
    room, and the one thing taken for granted here is that it waits before it writes: then it is
    closed, nothing has been written, and the message goes by the listener's queue. uvicorn's
    `send` is like that; for any other server an outlet is never opened.
    """

    def __init__(self) -> None:
        self._send: Send | None = None

    def open(self, send: Send) -> None:
        """Learn how to send to the connection."""
        self._send = send

    def close(self) -> None:
        """Let nothing through any more."""
        self._send = None

    def write(self, data: bytes) -> bool:
        """Write at once; False where the connection has no room, and nothing was written.

        Raises:
            Exception: Whatever `send` raises: the connection is of no use any more.
        """
        if self._send is None:
            return False
        sending = self._send({"type": "http.response.body", "body": data, "more_body": True})
        step = sending.__await__()
        try:
            next(step)
        except StopIteration:
            return True
        step.close()
        return False
