"""A browser that costs little: one connection, cookies, forms with their token."""

import asyncio
import gzip
import re
from collections.abc import Mapping
from dataclasses import dataclass
from http.cookies import SimpleCookie
from typing import Any, ClassVar, Self
from urllib.parse import urlencode, urlsplit

from httptools import HttpResponseParser

from tests.bench.connections import connect

_REQUEST_KEY = re.compile(r'name="request_key"\s+value="([^"]+)"')


@dataclass(frozen=True)
class Answer:
    """One answer, whole."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """The page."""
        zipped = self.headers.get("content-encoding") == "gzip"
        return (gzip.decompress(self.body) if zipped else self.body).decode()

    @property
    def request_key(self) -> str:
        """The key that the booking form carries."""
        found = _REQUEST_KEY.search(self.text)
        assert found, self.text
        return found[1]


class _Connection(asyncio.Protocol):
    """Reads one answer after the other, as `httptools` calls it."""

    def __init__(self) -> None:
        self.transport: asyncio.Transport
        self.cookies: dict[str, str] = {}
        self._waiting: asyncio.Future[Answer] | None = None
        self._begin()

    def _begin(self) -> None:
        self._headers: dict[str, str] = {}
        self._body: list[bytes] = []
        self._parser = HttpResponseParser(self)

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def connection_lost(self, error: Exception | None) -> None:
        if self._waiting and not self._waiting.done():
            self._waiting.set_exception(
                error or ConnectionError("the server closed the connection")
            )

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_header(self, name: bytes, value: bytes) -> None:
        key, text = name.decode().lower(), value.decode("latin-1")
        self._headers[key] = text
        if key == "set-cookie":
            self.cookies |= {n: morsel.value for n, morsel in SimpleCookie(text).items()}

    def on_body(self, body: bytes) -> None:
        self._body.append(body)

    def on_message_complete(self) -> None:
        answer = Answer(self._parser.get_status_code(), self._headers, b"".join(self._body))
        self._begin()
        assert self._waiting is not None
        self._waiting.set_result(answer)

    async def exchange(self, request: bytes) -> Answer:
        """Send a request and return its answer."""
        self._waiting = asyncio.get_running_loop().create_future()
        self.transport.write(request)
        return await self._waiting


class Browser:
    """One visitor, who waits for each answer before asking again."""

    accepts: ClassVar[str] = "text/html,application/xhtml+xml"

    def __init__(self, connection: _Connection, url: str) -> None:
        self._connection = connection
        self._url = url

    @classmethod
    async def connected(cls, url: str) -> Self:
        """Connect, and open nothing yet."""
        return cls(await connect(url, _Connection()), url)

    @classmethod
    async def at(cls, url: str, cookies: Mapping[str, str] | None = None) -> Self:
        """Connect, and open a page for the cookies that it sets, beside those one has."""
        browser = await cls.connected(url)
        browser._connection.cookies |= cookies or {}
        await browser.get("/bookings")
        return browser

    async def _exchange(self, request: bytes) -> Answer:
        """Send a request, on a new connection where the server has closed one that was idle."""
        if self._connection.transport.is_closing():
            cookies = self._connection.cookies
            self._connection = await connect(self._url, _Connection())
            self._connection.cookies = cookies
        return await self._connection.exchange(request)

    async def get(self, path: str, headers: Mapping[str, str] | None = None) -> Answer:
        """Open a page; redirects are not followed."""
        more = "".join(f"{name}: {value}\r\n" for name, value in (headers or {}).items())
        return await self._exchange(self._head("GET", path) + f"{more}\r\n".encode())

    async def post(self, path: str, form: Mapping[str, str]) -> Answer:
        """Send a form."""
        return await self._send(path, "application/x-www-form-urlencoded", urlencode(form).encode())

    async def _send(self, path: str, kind: str, body: bytes) -> Answer:
        extra = f"Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n".encode()
        return await self._exchange(self._head("POST", path) + extra + body)

    def _head(self, method: str, path: str) -> bytes:
        cookies = "; ".join(f"{name}={value}" for name, value in self._connection.cookies.items())
        lines = [
            f"{method} {path} HTTP/1.1",
            f"Host: {urlsplit(self._url).netloc}",
            f"Accept: {self.accepts}",
            "Accept-Encoding: gzip",
            "Accept-Language: en",
            *([f"Cookie: {cookies}"] if cookies else []),
        ]
        return "".join(f"{line}\r\n" for line in lines).encode()

    def close(self) -> None:
        """Leave."""
        self._connection.transport.close()
