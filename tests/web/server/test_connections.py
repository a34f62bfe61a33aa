"""No connection makes the server read, or wait, without end."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pytest
import uvicorn

from tests.waiting import PATIENCE_S
from tests.web.conftest import Site
from web.server import connections
from web.server.connections import MOST_BESIDE_BODY, BoundedConnection

ANSWER = b"HTTP/1.1 200 OK"
HEAD = b"POST / HTTP/1.1\r\nHost: here\r\n"


async def read_all(scope, receive, send) -> None:
    """Answer once the body has come."""
    assert scope["type"] == "http"
    while (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b""})


Ends = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@asynccontextmanager
async def connected(app: Any = read_all) -> AsyncIterator[Ends]:
    """Connect to a server that takes whatever the connection lets through."""
    config = uvicorn.Config(app, http=BoundedConnection, lifespan="off", log_config=None)
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        serving = asyncio.create_task(server.serve([listening]))
        reader, writer = await asyncio.open_connection(*listening.getsockname())
        try:
            yield reader, writer
        finally:
            writer.close()
            server.should_exit = True
            await serving


@pytest.fixture
async def ends() -> AsyncIterator[Ends]:
    async with connected() as found:
        yield found


@dataclass(frozen=True)
class Endless:
    """A request that never ends: how it begins, and what comes again and again."""

    begin: bytes
    more: bytes
    body: int = 0
    """How much of what comes again is body."""

    def just_too_much(self) -> bytes:
        """Return it up to the first byte that is not read: a server that has read all of what was
        sent can answer before it closes."""
        left = MOST_BESIDE_BODY + 1 - len(self.begin)
        whole, rest = divmod(left, len(self.more) - self.body)
        return self.begin + self.more * whole + self.more[:rest]


CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
ENDLESS = {
    "one header": Endless(HEAD + b"X: ", b"x" * 1024),
    "many headers": Endless(HEAD, b"X: y\r\n"),
    "an address": Endless(b"GET /?", b"x" * 1024),
    "tiny chunks": Endless(CHUNKED, b"1;" + b"x" * 999 + b"\r\ny\r\n", body=1),
    "trailers": Endless(CHUNKED + b"0\r\n", b"X: y\r\n"),
}


@pytest.mark.parametrize("what", ENDLESS)
async def test_a_request_without_end_is_not_read_on(ends: Ends, what: str):
    reader, writer = ends

    writer.write(ENDLESS[what].just_too_much())

    answer = await reader.read()
    assert answer.startswith(b"HTTP/1.1 400")
    assert b"connection: close" in answer


async def test_a_body_is_as_long_as_the_application_lets_it_be(ends: Ends):
    reader, writer = ends
    body = b"x" * 4 * MOST_BESIDE_BODY

    writer.write(HEAD + b"Content-Length: %d\r\n\r\n" % len(body) + body)

    assert (await reader.readline()).startswith(ANSWER)


async def test_requests_one_after_the_other_are_counted_by_themselves(ends: Ends):
    reader, writer = ends
    head = HEAD + b"X: " + b"x" * (MOST_BESIDE_BODY // 2) + b"\r\nContent-Length: 0\r\n\r\n"

    for _ in range(4):
        writer.write(head)
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(ANSWER)
        assert await reader.readline() == b"0\r\n"
        assert await reader.readline() == b"\r\n"


@pytest.mark.parametrize("sent", [b"", HEAD])
async def test_a_connection_that_says_nothing_more_is_closed(monkeypatch, sent: bytes):
    monkeypatch.setattr(connections, "HEAD_WITHIN_S", 0.01)

    async with connected() as (reader, writer):
        writer.write(sent)

        assert await _rest_of(reader) == b""


async def test_a_connection_is_kept_for_longer_than_a_server_does_by_default(site: Site):
    reader, writer = await asyncio.open_connection("127.0.0.1", urlsplit(site.url).port)
    default_s = uvicorn.Config(read_all).timeout_keep_alive

    for _ in range(2):
        writer.write(b"HEAD /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(ANSWER)
        await asyncio.sleep(default_s + 1)

    writer.close()


async def test_a_body_that_does_not_come_closes_the_connection(monkeypatch):
    monkeypatch.setattr(connections, "BODY_WITHIN_S", 0.01)

    async with connected() as (reader, writer):
        writer.write(HEAD + b"Content-Length: 2\r\n\r\n")

        assert await _rest_of(reader) == b""


async def _rest_of(reader: asyncio.StreamReader) -> bytes:
    """Read until the connection is closed, however it is: something may have come too late."""
    with suppress(ConnectionError):
        return await reader.read()
    return b""


async def test_an_answer_can_ask_to_be_told_when_its_connection_is_lost():
    lost = asyncio.Event()

    async def app(_, receive, send) -> None:
        connection = receive.__self__.transport.get_protocol()
        connection.when_lost = lost.set
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await lost.wait()

    async with connected(app) as (reader, writer):
        writer.write(b"GET / HTTP/1.1\r\nHost: here\r\n\r\n")
        await reader.readline()
        assert not lost.is_set()
        writer.transport.abort()

        await asyncio.wait_for(lost.wait(), PATIENCE_S)
