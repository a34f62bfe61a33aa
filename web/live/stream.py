"""The response that a listener reads: made and sent by sse-starlette.

On a connection of the program's own only by `_stream_response`, which is private there: who raises
the pinned version runs the tests of streams.
"""

import asyncio
import socket
from collections.abc import AsyncIterable
from contextlib import nullcontext
from functools import partial
from typing import Any, TypeGuard, cast

import anyio
import structlog
from litestar.types import Empty
from litestar.types import Scope as LitestarScope
from litestar.utils.scope.state import ScopeState
from sse_starlette import EventSourceResponse
from sse_starlette.sse import SendTimeoutError
from starlette.types import Message, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from domain.rules.windows import Window
from domain.store.core.database import Key
from web.http.deferred import defer
from web.live.feed import DRAIN_SECONDS, LiveFeed
from web.live.messages import LINE
from web.live.outlet import Outlet, TellsOfLoss
from web.live.positions import Position
from web.live.rendering import Audience
from web.live.stream_limit import Seat

log = structlog.get_logger()

SEND_SECONDS = 10.0
"""How long a listener may leave a message unread before its connection is dropped."""
_VANISHED_MS = 12_000
"""After how long unacknowledged bytes mean that the other side is gone; a ping is among them."""

_UNGUARDED = nullcontext()
"""Stands in for the lock between messages and pings: both come by the same way."""


class _ShutDown:
    """Stands in for the event that sse-starlette sets when the process is told to stop."""

    __slots__ = ("set",)

    def __init__(self, feed: LiveFeed) -> None:
        self.set = feed.end_streams


class LiveResponse(EventSourceResponse):
    """An endless response whose listener may be slow, gone, or never have been there.

    On a connection of the program's own it takes no task but the request's: the connection says
    when it is lost, and the feed pings and ends the stream. Elsewhere sse-starlette watches, too.
    """

    def __init__(
        self,
        content: AsyncIterable[bytes],
        outlet: Outlet,
        seat: Seat,
        **options: Any,  # noqa: ANN401 - sse-starlette's own
    ) -> None:
        super().__init__(content, **options)
        self._outlet = outlet
        self._seat = seat
        self._send_lock = cast("anyio.Lock", _UNGUARDED)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or defer the stream until all that let it through has let go.

        Raises:
            TooManyRequestsException: The listener's network has as many streams as it may have.
        """
        connection = _connection_of(receive)
        if connection is not None and connection.disconnected:
            return
        self._seat.check()
        if scope["method"] == "HEAD" or not _tells_of_loss(connection):
            await self._watched(scope, receive, send)
            return
        # Headers that were parsed would be kept for as long as the stream lasts.
        ScopeState.from_scope(cast("LitestarScope", scope)).headers = Empty
        stream = partial(self._stream, connection)
        if not defer(scope, stream):
            await stream(send)

    async def _watched(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Stream as sse-starlette does by itself: its own tasks watch."""
        with self._seat:
            try:
                await super().__call__(scope, receive, send)
            except SendTimeoutError:
                await _cut_off(_connection_of(receive))

    async def _stream(self, connection: RequestResponseCycle, send: Send) -> None:
        if connection.disconnected:
            return
        protocol = cast("TellsOfLoss", connection.transport.get_protocol())
        protocol.when_lost = self._outlet.lose
        self._outlet.open(connection)
        with self._seat:
            try:
                _notice_vanished(connection.transport)
                await self._stream_response(partial(_send_in_time, send))
            except SendTimeoutError:
                await _cut_off(connection)
            finally:
                protocol.when_lost = None
                self._outlet.close()


async def _send_in_time(send: Send, message: Message) -> None:
    """Send any message, the first and the last, too, unless there is no room for long.

    Raises:
        SendTimeoutError: There was none.
    """
    is_last = message["type"] == "http.response.body" and not message.get("more_body")
    try:
        async with asyncio.timeout(DRAIN_SECONDS if is_last else SEND_SECONDS):
            await send(message)
    except TimeoutError as error:
        raise SendTimeoutError from error


async def _cut_off(connection: RequestResponseCycle | None) -> None:
    """Drop a connection, with what was written and never read."""
    log.info("live_listener_cut_off")
    if connection is not None:
        connection.transport.abort()
        await asyncio.sleep(0)  # lets the server see it before the response returns


def live_response(
    feed: LiveFeed,
    expert_id: Key,
    audience: Audience,
    position: Position,
    seat: Seat,
) -> LiveResponse:
    """Make the response that streams one expert's changes to one listener.

    It has its seat while it lasts.
    """
    outlet = Outlet()
    news = feed.listen(expert_id, audience.zone, audience.language, position, outlet)
    return _streaming(feed, news, outlet, seat)


def openings_response(feed: LiveFeed, window: Window, seat: Seat) -> LiveResponse:
    """Make the response that tells one listener when free times within a window have changed."""
    outlet = Outlet()
    return _streaming(feed, feed.watch(window, outlet), outlet, seat)


def _streaming(
    feed: LiveFeed, news: AsyncIterable[bytes], outlet: Outlet, seat: Seat
) -> LiveResponse:
    return LiveResponse(
        news,
        outlet,
        seat,
        ping=0,  # the feed's heart sends them
        sep=LINE,
        send_timeout=SEND_SECONDS,
        shutdown_event=cast("anyio.Event", _ShutDown(feed)),
        shutdown_grace_period=DRAIN_SECONDS,
    )


def _connection_of(receive: Receive) -> RequestResponseCycle | None:
    """Return the connection as uvicorn keeps it, None on any other server.

    The one way behind ASGI, for three things that it has no word for. To drop a connection: a close
    waits for what was written to be read, and a listener that stopped reading would keep its
    buffers for ever. To write without a task, by an outlet, past the middleware: that cares for the
    beginning of an answer alone. And to hear of a loss without a task that waits for it.
    """
    connection = getattr(receive, "__self__", None)
    return connection if isinstance(connection, RequestResponseCycle) else None


def _tells_of_loss(connection: RequestResponseCycle | None) -> TypeGuard[RequestResponseCycle]:
    return connection is not None and isinstance(connection.transport.get_protocol(), TellsOfLoss)


def _notice_vanished(transport: asyncio.Transport) -> None:
    option = getattr(socket, "TCP_USER_TIMEOUT", None)
    connection = transport.get_extra_info("socket")
    if option is not None and connection is not None:
        connection.setsockopt(socket.IPPROTO_TCP, option, _VANISHED_MS)
