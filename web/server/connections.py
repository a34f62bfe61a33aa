"""Connections: how much of one request is read, and for how long, before an application sees it."""

import asyncio
from collections.abc import Callable

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MOST_BESIDE_BODY = 64 * 1024
"""How many bytes a request may have beside its body: its first line, headers, sizes of chunks and
trailers. Browsers send some two kilobytes, and no proxy passes on half of this."""

HEAD_WITHIN_S = 30.0
"""How long a new connection may wait until the headers of its first request are there."""

BODY_WITHIN_S = 300.0
"""How long a body may take after that: a portrait of 8 MiB comes by 230 kbit/s."""

IDLE_S = 130
"""How long a connection is kept for the next request: longer than by Caddy, which keeps one for two
minutes, and by nginx. Who closes first must be the one who asks: a request could cross the end."""


class BoundedConnection(HttpToolsProtocol):
    """A connection of uvicorn's that reads no request without end.

    The bounds of bodies are the application's: it knows how large a form and a picture may be.
    """

    _beside_body = 0
    _waiting: asyncio.TimerHandle | None = None
    when_lost: Callable[[], None] | None = None
    """Called when it is lost; for an answer that would have to wait for that otherwise."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's
        """Begin to wait for a request."""
        super().connection_made(transport)
        self._wait(HEAD_WITHIN_S)

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing any more."""
        self._wait(None)
        super().connection_lost(exc)
        if self.when_lost is not None:
            self.when_lost()

    def data_received(self, data: bytes) -> None:
        """Read on, unless that is more than a request may have."""
        self._beside_body += len(data)
        super().data_received(data)
        if self._beside_body > MOST_BESIDE_BODY and not self.transport.is_closing():
            self.send_400_response("A request with that much beside its body is not read.")

    def on_message_begin(self) -> None:
        """Give the headers of a further request their time."""
        super().on_message_begin()
        self._wait(HEAD_WITHIN_S)

    def on_headers_complete(self) -> None:
        """Give the body its time."""
        super().on_headers_complete()
        self._wait(BODY_WITHIN_S)

    def on_body(self, body: bytes) -> None:
        """Don't count it."""
        self._beside_body -= len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Begin anew: the request is here, and its answer may take as long as it likes."""
        self._beside_body = 0
        self._wait(None)
        super().on_message_complete()

    def _wait(self, seconds: float | None) -> None:
        """Close the connection unless it is waited for something else by then."""
        if self._waiting is not None:
            self._waiting.cancel()
        self._waiting = self.loop.call_later(seconds, self.transport.close) if seconds else None
