"""Request ids: each request has one, which its answer, its lines in the log and its traces carry.

A proxy may give it. Of others nothing is believed that proxies are to say: neither an id, nor which
trace a request belongs to, nor, which uvicorn sees to, where it comes from.
"""

import re
import secrets

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bind_contextvars, reset_contextvars
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

_HEADER = b"x-request-id"
_BELIEVED_OF_PROXIES = frozenset({_HEADER, b"traceparent", b"tracestate"})
_WELL_FORMED = re.compile(rb"[A-Za-z0-9_-]{8,64}")
_KEPT_AT = "request_id"


def identifying(app: ASGIApp, proxies: str) -> ASGIApp:
    """Wrap an application so that every request has an id, and comes from where proxies say.

    Args:
        app: The application.
        proxies: The addresses and networks whose word is believed, as uvicorn takes them.
    """
    behind = ProxyHeadersMiddleware(app, proxies)  # type: ignore[arg-type] # other names for the same

    async def identified(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await behind(scope, receive, send)  # type: ignore[arg-type]
            return
        client = scope["client"]
        if client is None or client[0] not in behind.trusted_hosts:
            scope["headers"] = [h for h in scope["headers"] if h[0] not in _BELIEVED_OF_PROXIES]
        request_id = _given_to(scope) or secrets.token_hex(8)
        scope.setdefault("state", {})[_KEPT_AT] = request_id

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], (_HEADER, request_id.encode())]
            await send(message)

        bound = bind_contextvars(request_id=request_id)
        try:
            await behind(scope, receive, sent)  # type: ignore[arg-type]
        finally:
            reset_contextvars(**bound)

    return identified


def request_id_of(scope: Scope) -> str:
    """Return a request's id; empty where nothing gives any."""
    found: str = scope["state"].get(_KEPT_AT, "")
    return found


def _given_to(scope: Scope) -> str | None:
    given = [value for name, value in scope["headers"] if name == _HEADER]
    if len(given) == 1 and _WELL_FORMED.fullmatch(given[0]):
        return given[0].decode()
    return None
