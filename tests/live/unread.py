"""Listeners that leave unread what they are sent, and something to fill their connections with."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from domain.store.core.database import Key
from tests.live.support import Streams, TinyRenderer


class Wordy(TinyRenderer):
    """Renders so much that connections fill up."""

    def slot(self, *arguments, **options) -> str:
        return super().slot(*arguments, **options) + "x" * 100_000


@asynccontextmanager
async def unread(live: Streams, expert: Key) -> AsyncIterator[asyncio.StreamReader]:
    """Open a stream and leave it unread but for its first line."""
    host, port = live.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port), limit=1024)
    writer.write(f"GET /{expert} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
    await reader.readline()
    yield reader
    writer.close()
