"""The response that a listener reads: handshake, pings, disconnects and drain by sse-starlette."""

import asyncio
import socket
from collections.abc import AsyncIterable, Callable
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, cast

import anyio
import structlog
from sse_starlette import EventSourceResponse
from sse_starlette.sse import SendTimeoutError
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from domain.rules.windows import Window
from domain.store.core.database import Key
from web.live.feed import LiveFeed
from web.live.messages import LINE, ping
from web.live.outlet import Outlet
from web.live.positions import Position
from web.live.rendering import Audience

log = structlog.get_logger()

PING_SECONDS = 15
SEND_SECONDS = 10.0
"""How long a listener may leave a message unread before its connection is dropped."""
_DRAIN_SECONDS = 2.0
_VANISHED_MS = 12_000
"""After how long unacknowledged bytes mean that the other side is gone; a ping is among them."""


class _ShutDown:
    """Stands in for the event that sse-starlette sets when the process is told to stop."""

    def __init__(self, feed: LiveFeed) -> None:
        self.set = feed.end_streams


class LiveResponse(EventSourceResponse):
    """An endless response whose listener may be slow, gone, or never have been there."""

    def __init__(
        self,
        content: AsyncIterable[bytes],
        outlet: Outlet,
        counted: AbstractContextManager[None],
        **options: Any,  # noqa: ANN401 - sse-starlette's own
    ) -> None:
        super().__init__(content, **options)
        self._outlet = outlet
        self._counted = counted

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request.

        Raises:
            TooManyRequestsException: The listener's network has as many streams as it may have.
        """
        with self._counted:
            await self._stream(scope, receive, send)

    async def _stream(self, scope: Scope, receive: Receive, send: Send) -> None:
        connection = _connection_of(receive)
        if connection is not None:
            _notice_vanished(connection.transport)
            self._outlet.open(connection)
        try:
            await super().__call__(scope, receive, send)
        except SendTimeoutError:
            log.info("live_listener_cut_off")
            if connection is not None:
                connection.transport.abort()
                await asyncio.sleep(0)  # lets the server see it before the response returns
        finally:
            self._outlet.close()


def live_response(
    feed: LiveFeed,
    expert_id: Key,
    audience: Audience,
    position: Position,
    counted: AbstractContextManager[None],
) -> LiveResponse:
    """Make the response that streams one expert's changes to one listener.

    It is counted while it lasts.
    """
    outlet = Outlet()
    news = feed.listen(expert_id, audience.zone, audience.language, position, outlet)
    return _streaming(
        feed, news, outlet, counted, lambda: feed.told_until if outlet.is_current else None
    )


def openings_response(
    feed: LiveFeed, window: Window, counted: AbstractContextManager[None]
) -> LiveResponse:
    """Make the response that tells one listener when free times within a window have changed."""
    outlet = Outlet()
    return _streaming(feed, feed.watch(window, outlet), outlet, counted, lambda: None)


def _streaming(
    feed: LiveFeed,
    news: AsyncIterable[bytes],
    outlet: Outlet,
    counted: AbstractContextManager[None],
    position: Callable[[], datetime | None],
) -> LiveResponse:
    return LiveResponse(
        news,
        outlet,
        counted,
        ping=PING_SECONDS,
        ping_message_factory=lambda: ping(position()),
        sep=LINE,
        send_timeout=SEND_SECONDS,
        shutdown_event=cast("anyio.Event", _ShutDown(feed)),
        shutdown_grace_period=_DRAIN_SECONDS,
    )


def _connection_of(receive: Receive) -> RequestResponseCycle | None:
    """Return the connection as uvicorn keeps it, None on any other server.

    The one way behind ASGI, for two things that it has no word for. To drop a connection: a close
    waits for what was written to be read, and a listener that stopped reading would keep its
    buffers for ever. And to write without a task, by an outlet, past the middleware: that cares
    for the beginning of an answer alone.
    """
    connection = getattr(receive, "__self__", None)
    return connection if isinstance(connection, RequestResponseCycle) else None


def _notice_vanished(transport: asyncio.Transport) -> None:
    option = getattr(socket, "TCP_USER_TIMEOUT", None)
    connection = transport.get_extra_info("socket")
    if option is not None and connection is not None:
        connection.setsockopt(socket.IPPROTO_TCP, option, _VANISHED_MS)
