"""Hosts: the names that this server is asked by, and no others.

A page elsewhere may have its name made to lead here; what it asks for would look like ours.
"""

from collections.abc import Awaitable, Set
from urllib.parse import urlsplit

from litestar.datastructures import Headers
from litestar.enums import ScopeType
from litestar.exceptions import HTTPException
from litestar.response.base import ASGIResponse
from litestar.status_codes import HTTP_400_BAD_REQUEST, HTTP_421_MISDIRECTED_REQUEST
from litestar.types import ASGIApp, Receive, Scope, Send

LOOPBACK: Set[str] = frozenset({"localhost", "127.0.0.1", "[::1]"})
"""This machine's own names; none of them can be made to lead elsewhere."""

_NO_HOST = ASGIResponse(
    body=b"The Host of this request is none.\n",
    status_code=HTTP_400_BAD_REQUEST,
    media_type="text/plain",
)
_HEALTH = "/health/"
"""What supervisors ask for by whatever address they know."""


def knowing_its_hosts(app: ASGIApp, *, hosts: Set[str] | None) -> ASGIApp:
    """Wrap an application so that it answers to its own names alone.

    Args:
        app: The application.
        hosts: The names, in lower case and without ports; None for any.
    """
    if hosts is None:
        return app
    known = hosts | LOOPBACK

    async def checked(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == ScopeType.HTTP and not scope["path"].startswith(_HEALTH):
            asked = Headers.from_scope(scope).getall("host", [])
            if len(asked) != 1 or without_port(asked[0]) not in known:
                raise HTTPException(status_code=HTTP_421_MISDIRECTED_REQUEST)
        await app(scope, receive, send)

    return checked


def naming_a_host(app: ASGIApp) -> ASGIApp:
    """Wrap an application so that it gets no request whose Host is none (RFC 9112, section 3.2).

    The request's address could not be told, not even to refuse it.
    """

    def checked(scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        is_http = scope["type"] == ScopeType.HTTP
        if is_http and not all(map(_is_host, Headers.from_scope(scope).getall("host", []))):
            return _NO_HOST(scope, receive, send)
        return app(scope, receive, send)

    return checked


def _is_host(text: str) -> bool:
    """Say whether a text has the form of a name or an address, with or without a port."""
    try:
        place = urlsplit(f"//{text}")
        port = place.port
    except ValueError:
        return False
    return place.netloc == text and port != 0


def without_port(host: str) -> str:
    """Return the name in a Host header, in lower case."""
    name, colon, port = host.lower().rpartition(":")
    return name if colon and port.isdigit() else host.lower()
