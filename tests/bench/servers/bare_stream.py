"""The floor of the fan-out: uvloop, and the same bytes to the same sockets.

Run as `python -m tests.bench.servers.bare_stream PORT FILE`. Whoever sends a line with a number is
obeyed: the file's messages go to everybody who asked for the stream, the change first, the rest
after a moment, as the program does it.
"""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import uvloop

from tests.bench.listeners import marker

HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
LATER_S = 0.5


class Stream(asyncio.Protocol):
    """One connection: a listener, or whoever triggers."""

    def __init__(self, listeners: list[asyncio.Transport], sent: list[bytes]) -> None:
        self._transport: asyncio.Transport
        self._listeners = listeners
        self._sent = sent

    def connection_made(self, transport: Any) -> None:
        """Remember the way back."""
        self._transport = transport

    def connection_lost(self, _: Exception | None) -> None:
        """Forget a listener."""
        if self._transport in self._listeners:
            self._listeners.remove(self._transport)

    def data_received(self, data: bytes) -> None:
        """Begin to listen, or have everybody told."""
        if data.startswith(b"GET "):
            self._transport.write(HEAD)
            self._listeners.append(self._transport)
            return
        at_once, later = self._sent
        loop = asyncio.get_running_loop()
        loop.call_later(LATER_S, self._send, later)
        self._send(at_once.replace(marker(0), marker(int(data))))

    def _send(self, data: bytes) -> None:
        for transport in self._listeners:
            transport.write(data)


async def main(port: int, sent: list[bytes]) -> None:
    """Serve until killed."""
    listeners: list[asyncio.Transport] = []
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Stream(listeners, sent), "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    kept = json.loads(Path(sys.argv[2]).read_text())
    uvloop.run(main(int(sys.argv[1]), [message.encode() for message in kept]))
