"""Crowds of listeners on bare connections: a thousand in one test, and of every bad habit."""

import asyncio
import ctypes
import resource
import socket
import ssl
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import ExitStack, asynccontextmanager, closing, contextmanager
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from domain.rules.instants import to_milliseconds
from domain.store.documents import Slot
from tests.live.support import Heard, read_messages

AT_ONCE = 50
"""How many connect at a time: a server's backlog is no part of what is tested."""

HOST = "book.example.org"
"""As whom the proxies' files know the server; without a proxy it's all the same."""

_SO_ATTACH_FILTER = 26
_NO_QUESTIONS = ssl.create_default_context()
_NO_QUESTIONS.check_hostname = False
_NO_QUESTIONS.verify_mode = ssl.CERT_NONE


def allow_files(count: int) -> None:
    """Let this process, and the servers that it starts, have so many files open."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < count:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(count, hard), hard))


class RawEar(asyncio.Protocol):
    """One listener: reads chunks as they come, and knows how the stream ended."""

    def __init__(self, request: bytes, tell: Callable[[Heard], None] | None = None) -> None:
        self._request = request
        self._unread = b""
        self._text = ""
        self._in_body = False
        self.transport: asyncio.Transport | None = None
        self.heard: list[Heard] = []
        self._tell = tell or self.heard.append
        self.listens = asyncio.Event()
        self.gone = asyncio.Event()
        self.ended_cleanly = False
        """Whether the last chunk has come: the one without a byte in it."""

    def connection_made(self, transport: Any) -> None:  # the bench's, uvloop's, is of no class here
        self.transport = transport
        transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        self._unread += data
        if not self._in_body:
            head, found, rest = self._unread.partition(b"\r\n\r\n")
            if not found:
                return
            assert head.startswith(b"HTTP/1.1 200 "), head
            self._in_body, self._unread = True, rest
            self.listens.set()
        while (chunk := self._chunk()) is not None:
            self._take(chunk)

    def _chunk(self) -> bytes | None:
        size, found, rest = self._unread.partition(b"\r\n")
        if not found or len(rest) < (length := int(size, 16)) + 2:
            return None
        self._unread = rest[length + 2 :]
        return rest[:length]

    def _take(self, chunk: bytes) -> None:
        if not chunk:
            self.ended_cleanly = True
            self.gone.set()
            return
        *whole, self._text = (self._text + chunk.decode()).split("\n\n")
        for message in read_messages("\n\n".join(whole)):
            self._tell(message)

    def connection_lost(self, _: Exception | None) -> None:
        self.gone.set()

    def has_heard(self, slot: Slot, dated: datetime) -> bool:
        """Say whether it was told of this change."""
        id_ = str(to_milliseconds(dated))
        return any(m.id == id_ and m.slot_id == str(slot.id) for m in reversed(self.heard))

    def leave(self) -> None:
        """Go, as a browser whose tab is closed."""
        assert self.transport is not None
        self.transport.abort()


def _request(url: str, last_event_id: str | None = None) -> bytes:
    place = urlsplit(url)
    last = "" if last_event_id is None else f"Last-Event-ID: {last_event_id}\r\n"
    path = f"{place.path}?{place.query}" if place.query else place.path
    return f"GET {path} HTTP/1.1\r\nHost: {HOST}\r\n{last}\r\n".encode()


async def listen_raw(
    url: str, *, last: str | None = None, tell: Callable[[Heard], None] | None = None
) -> RawEar:
    """Open one stream; returns once its head has arrived.

    Raises:
        OSError: Nobody answers there, or no longer.
    """
    place = urlsplit(url)
    assert place.hostname
    assert place.port
    loop = asyncio.get_running_loop()
    _, ear = await loop.create_connection(
        lambda: RawEar(_request(url, last), tell),
        place.hostname,
        place.port,
        ssl=_NO_QUESTIONS if place.scheme == "https" else None,
    )
    async with asyncio.timeout(30):
        while not ear.listens.is_set():
            if ear.gone.is_set():
                raise ConnectionResetError
            await asyncio.sleep(0.005)
    return ear


@asynccontextmanager
async def crowd(url: str, count: int) -> AsyncIterator[Sequence[RawEar]]:
    """So many listeners that read."""
    ears: list[RawEar] = []
    try:
        for start in range(0, count, AT_ONCE):
            size = min(AT_ONCE, count - start)
            ears += await asyncio.gather(*(listen_raw(url) for _ in range(size)))
        yield ears
    finally:
        for ear in ears:
            ear.leave()


def deaf(url: str) -> socket.socket:
    """One listener that reads nothing but the head of the answer."""
    place = urlsplit(url)
    assert place.hostname is not None
    one = socket.socket()
    one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    one.settimeout(30)
    one.connect((place.hostname, place.port))
    one.sendall(_request(url))
    head = b""
    while b"\r\n\r\n" not in head:
        head += one.recv(256)
    assert head.startswith(b"HTTP/1.1 200 "), head
    return one


@contextmanager
def deaf_crowd(url: str, count: int) -> Iterator[Sequence[socket.socket]]:
    """So many of them."""
    with ExitStack() as stack:
        yield [stack.enter_context(closing(deaf(url))) for _ in range(count)]


def vanish(connection: socket.socket) -> None:
    """Have a connection vanish: from now on nothing of it is received, nor acknowledged.

    A packet filter that lets nothing through, as any process may attach to its own sockets, is to
    the other side what a cut cable is.
    """

    class Step(ctypes.Structure):
        _fields_ = [
            ("code", ctypes.c_ushort),
            ("if_true", ctypes.c_ubyte),
            ("if_false", ctypes.c_ubyte),
            ("value", ctypes.c_uint),
        ]

    class Filter(ctypes.Structure):
        _fields_ = [("length", ctypes.c_ushort), ("steps", ctypes.POINTER(Step))]

    drop = Step(0x06, 0, 0, 0)  # return 0: keep no byte of the packet
    program = Filter(1, ctypes.pointer(drop))
    connection.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, bytes(program))
