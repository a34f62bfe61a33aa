"""Odd requests, drawn: mostly right but for one part or two, so that they get far."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from random import Random
from urllib.parse import quote_from_bytes

from tests.web.fuzz import corpus
from tests.web.fuzz.wire import OddRequest

_PARAMETER = re.compile(r"\{(\w+):(\w+)\}")
_BOUNDARY = b"x"
_FORM = b"application/x-www-form-urlencoded"
_FORM_OF_PARTS = b"multipart/form-data; boundary=" + _BOUNDARY
_MOST_PAIRS = 6


@dataclass(frozen=True)
class Actor:
    """Who sends: the cookies of a browser, and the fields that its forms have."""

    name: str
    cookies: bytes = b""
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Draw:
    """Draws requests; the same ones from the same numbers."""

    random: Random
    host: bytes
    names: Sequence[str]
    """Of fields and parameters."""
    known: Mapping[str, Sequence[str]]
    """What addresses and forms may name, by parameter: what is there, and what is no longer."""
    oddity: float = 0.0
    """How often a part of it is an odd one."""

    def odd(self, method: str, path: str, actor: Actor) -> OddRequest:
        """Draw a request that is right but for nothing, for a part or two, or for half of it."""
        oddity = self.random.choice((0.0, 0.02, 0.1, 0.5))
        return replace(self, oddity=oddity).request(method, path, actor)

    def request(self, method: str, path: str, actor: Actor) -> OddRequest:
        """Draw a request of an actor's to an address of the router's."""
        sent = (
            method.encode() if not self._is(self.oddity / 8) else self.random.choice(corpus.METHODS)
        )
        body, kind = (
            self._body(actor) if method == "POST" or self._is(self.oddity / 3) else (b"", None)
        )
        headers = [*self._headers(actor), *([(b"Content-Type", kind)] if kind is not None else [])]
        if body or method == "POST":
            headers.append((b"Content-Length", b"%d" % len(body)))
        return OddRequest(sent, self._target(path), tuple(headers), body)

    def _is(self, often: float) -> bool:
        return self.random.random() < often

    def _text(self, name: str) -> str:
        """Draw a value: one that does by the name, or an odd one."""
        if self._is(self.oddity):
            return self.random.choice(corpus.TEXTS)
        return self.random.choice(self.known.get(name) or corpus.RIGHT.get(name) or corpus.PLAIN)

    def _target(self, path: str) -> bytes:
        filled = _PARAMETER.sub(lambda found: _quoted(self._text(found[1])), path).encode()
        if self._is(self.oddity / 8):
            filled += self.random.choice((b"/", b"//", b"/..", b"/%2e%2e", b"%", b"%00", b";a=b"))
        if self._is(0.5):
            filled += b"?" + b"&".join(self._pairs())
        if self._is(self.oddity / 20):
            filled += b"?" + b"q=" + b"%F0%9F%8E%89" * 3_000
        return filled

    def _pairs(self) -> list[bytes]:
        drawn = [self.random.choice(self.names) for _ in range(self.random.randrange(_MOST_PAIRS))]
        pairs = [f"{_quoted(name)}={_quoted(self._text(name))}".encode() for name in drawn]
        if self._is(self.oddity):
            pairs += pairs[:1]  # the same twice
        if self._is(self.oddity / 2):
            pairs.append(self.random.choice((b"%", b"=%zz", b"q[$ne]=", b"%ff=%fe", b"a;b", b"&&")))
        return pairs

    def _headers(self, actor: Actor) -> list[tuple[bytes, bytes]]:
        network = ".".join(["10", *(str(self.random.randrange(256)) for _ in range(3))]).encode()
        headers = [
            (
                b"Host",
                self.host
                if not self._is(self.oddity / 10)
                else self.random.choice(corpus.HEADER_VALUES),
            ),
            (b"Connection", b"close"),
        ]
        if actor.cookies:
            headers.append((b"Cookie", actor.cookies))
        if self._is(self.oddity / 3):
            cookie = self.random.choice(corpus.COOKIES).encode()
            headers.append((b"Cookie", cookie + b"=" + self.random.choice(corpus.HEADER_VALUES)))
        most = self.random.choice((1, 2, 4)) if self._is(2 * self.oddity) else 0
        odd = [self.random.choice(corpus.HEADERS) for _ in range(most)]
        headers += [(name.encode(), self.random.choice(corpus.HEADER_VALUES)) for name in odd]
        if "X-Forwarded-For" not in odd:
            headers.append((b"X-Forwarded-For", network))
        return headers

    def _body(self, actor: Actor) -> tuple[bytes, bytes]:
        if self._is(self.oddity / 2):
            return self.random.choice(corpus.BODIES), self._kind()
        drawn = [name for name in self.names if not self._is(max(self.oddity, 0.02))]
        fields = [(name, self._text(name)) for name in drawn if name not in actor.fields]
        fields += [
            (name, text) for name, text in actor.fields.items() if not self._is(self.oddity / 3)
        ]
        if self._is(self.oddity / 2):
            fields += fields[:2]  # the same twice
        if self._is(0.25):
            return self._parts(fields), _FORM_OF_PARTS
        pairs = (f"{_quoted(name)}={_quoted(text)}" for name, text in fields)
        kind = self._kind() if self._is(self.oddity / 4) else _FORM
        return "&".join(pairs).encode(), kind

    def _kind(self) -> bytes:
        right = (_FORM, _FORM_OF_PARTS)
        return self.random.choice(right if self._is(0.5) else corpus.CONTENT_TYPES)

    def _parts(self, fields: Sequence[tuple[str, str]]) -> bytes:
        parts = [self._part(name, text) for name, text in fields]
        ends = b"--" + _BOUNDARY + b"--\r\n" if not self._is(self.oddity / 3) else b""
        return b"".join(parts) + ends

    def _part(self, name: str, text: str) -> bytes:
        head = b'--x\r\nContent-Disposition: form-data; name="' + name.encode() + b'"'
        if self._is(self.oddity / 4):
            head += b'; filename="' + self.random.choice((b"a.png", b"", b"../\0", b"\xff")) + b'"'
        if self._is(self.oddity / 4):
            head += b"\r\nContent-Type: " + self.random.choice(corpus.PART_TYPES)
        return head + b"\r\n\r\n" + text.encode(errors="surrogatepass") + b"\r\n"


def _quoted(text: str) -> str:
    """Escape a text for an address or a form; what has an escape in it already stays."""
    if "%" in text:
        return "".join(
            one if one.isascii() and one > " " and one not in "&#?" else "_" for one in text
        )
    return quote_from_bytes(text.encode(errors="surrogatepass"), safe="")
