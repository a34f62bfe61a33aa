"""Connections to a server, by its address."""

import asyncio
from typing import TypeVar
from urllib.parse import urlsplit

P = TypeVar("P", bound=asyncio.Protocol)


async def connect(url: str, protocol: P) -> P:
    """Connect a protocol to the server of an address."""
    server = urlsplit(url)
    assert server.hostname
    assert server.port
    loop = asyncio.get_running_loop()
    await loop.create_connection(lambda: protocol, server.hostname, server.port)
    return protocol


def request_for(url: str, *headers: str) -> bytes:
    """Return a request for an address."""
    server = urlsplit(url)
    lines = [f"GET {server.path} HTTP/1.1", f"Host: {server.netloc}", *headers]
    return "".join(f"{line}\r\n" for line in [*lines, ""]).encode()
