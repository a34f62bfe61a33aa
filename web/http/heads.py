"""HEAD: answered as GET is, less the body, which RFC 9110, section 9.1, asks of every server."""

import re
from collections.abc import Awaitable

from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPScope, Receive, Scope, Send

_STREAMS = re.compile("/experts/[^/]+/live|/openings/live")


def answering_head(app: ASGIApp) -> ASGIApp:
    """Have a HEAD request answered by what answers GET; the server leaves the body out.

    The event stream answers HEAD by itself: as a GET it would never end.
    """

    def answer(scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        if scope["type"] == ScopeType.HTTP and _is_head_of_a_page(scope):
            scope = {**scope, "method": "GET"}
        return app(scope, receive, send)

    return answer


def with_head(allowed: str) -> str:
    """Return the methods that an address allows, with HEAD where GET is among them."""
    methods = set(allowed.split(", "))
    return ", ".join(sorted(methods | ({"HEAD"} if "GET" in methods else set())))


def _is_head_of_a_page(scope: HTTPScope) -> bool:
    return scope["method"] == "HEAD" and not _STREAMS.fullmatch(scope["path"])
