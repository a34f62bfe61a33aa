"""One request on a connection of its own, byte for byte, and its answer by a strict parser."""

import asyncio
from dataclasses import dataclass
from urllib.parse import urlsplit

import h11

_WITHIN_S = 60.0
_STREAM = b"text/event-stream"


@dataclass(frozen=True)
class OddRequest:
    """What is sent."""

    method: bytes
    target: bytes
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes

    @property
    def data(self) -> bytes:
        """All of it."""
        lines = [self.method + b" " + self.target + b" HTTP/1.1"]
        lines += [name + b": " + value for name, value in self.headers]
        return b"\r\n".join([*lines, b"", self.body])


@dataclass(frozen=True)
class OddAnswer:
    """What came back. A stream's ends with its head."""

    status: int
    headers: dict[bytes, bytes]
    body: bytes

    @property
    def media_type(self) -> bytes:
        """The type of its content, without parameters."""
        return self.headers.get(b"content-type", b"").partition(b";")[0]


async def send(url: str, request: OddRequest) -> OddAnswer:
    """Send a request and return its answer.

    Raises:
        h11.RemoteProtocolError: The answer is no HTTP.
    """
    place = urlsplit(url)
    async with asyncio.timeout(_WITHIN_S):
        reader, writer = await asyncio.open_connection(place.hostname, place.port)
        try:
            writer.write(request.data)
            return await _answer(reader, request.method)
        finally:
            writer.transport.abort()


async def _answer(reader: asyncio.StreamReader, method: bytes) -> OddAnswer:
    parser = _parser(method)
    head: h11.Response | None = None
    body = bytearray()
    while True:
        event = parser.next_event()
        if event is h11.NEED_DATA:
            parser.receive_data(await _read(reader))
        elif isinstance(event, h11.Response):
            head = event
            if dict(event.headers).get(b"content-type", b"").startswith(_STREAM):
                break
        elif isinstance(event, h11.Data):
            body += event.data
        elif isinstance(event, h11.EndOfMessage):
            break
        elif isinstance(event, h11.ConnectionClosed):
            raise h11.RemoteProtocolError("closed without an answer")
    assert head is not None
    return OddAnswer(head.status_code, dict(head.headers), bytes(body))


async def _read(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.read(65_536)
    except ConnectionResetError:  # the server wanted no more of the request
        return b""


def _parser(method: bytes) -> h11.Connection:
    """Return a parser that awaits the answer to a request of this method."""
    parser = h11.Connection(h11.CLIENT)
    asked = b"HEAD" if method == b"HEAD" else b"GET"
    parser.send(h11.Request(method=asked, target=b"/", headers=[(b"host", b"x")]))
    parser.send(h11.EndOfMessage())
    return parser
