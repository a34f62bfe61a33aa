"""The floor of the fan-out: a change stream, and the same bytes from uvloop to the same sockets.

Run as `python -m tests.bench.servers.bare_stream PORT FILE URI [EVERY]`. When a time in that
database changes, or so many of them have, the file's messages go to everybody who asked for the
stream, the change first, the rest after a moment, as the program does it.
"""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import uvloop
from pymongo import AsyncMongoClient

from domain.store.core.database import Document, database_name
from tests.bench.listeners import FIRST_REV, marker

HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
LATER_S = 0.5

Listeners = set[asyncio.Transport]


class Stream(asyncio.Protocol):
    """One connection of a listener."""

    def __init__(self, listeners: Listeners) -> None:
        self._transport: asyncio.Transport
        self._listeners = listeners

    def connection_made(self, transport: Any) -> None:
        """Remember the way back."""
        self._transport = transport

    def connection_lost(self, _: Exception | None) -> None:
        """Forget the listener."""
        self._listeners.discard(self._transport)

    def data_received(self, _: bytes) -> None:
        """Begin to tell."""
        self._transport.write(HEAD)
        self._listeners.add(self._transport)


def send(listeners: Listeners, data: bytes) -> None:
    """Tell everybody."""
    for transport in listeners:
        transport.write(data)


async def main(port: int, at_once: bytes, later: bytes, uri: str, every: int) -> None:
    """Serve until killed."""
    changed = 0
    listeners: Listeners = set()
    loop = asyncio.get_running_loop()
    async with (
        AsyncMongoClient[Document](uri) as client,
        await client[database_name(uri)].slots.watch(full_document="updateLookup") as changes,
        await loop.create_server(lambda: Stream(listeners), "127.0.0.1", port),
    ):
        async for change in changes:
            changed += 1
            if changed % every:
                continue
            rev = change["fullDocument"]["rev"]
            send(listeners, at_once.replace(marker(FIRST_REV), marker(rev)))
            loop.call_later(LATER_S, send, listeners, later)


if __name__ == "__main__":
    kept = json.loads(Path(sys.argv[2]).read_text())
    at_once, later = (message.encode() for message in kept)
    every = int(sys.argv[4]) if len(sys.argv) > 4 else 1
    uvloop.run(main(int(sys.argv[1]), at_once, later, sys.argv[3], every))
