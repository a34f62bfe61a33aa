"""Origins: a form that another website has a browser send changes nothing."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from litestar import HttpMethod, Request
from litestar.enums import ScopeType
from litestar.exceptions import PermissionDeniedException
from litestar.types import ASGIApp, Receive, Scope, Send

from web.http.forms import await_form

_CHANGING_NOTHING = {HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS}
_OF_OURS = {"same-origin", "none"}
"""Sent by a page of ours, or by the person: from the address bar, say."""


def refusing_foreign_forms(app: ASGIApp, *, public_url: str) -> ASGIApp:
    """Wrap an application so that it takes forms only from its own pages, and takes them whole.

    Args:
        app: The application.
        public_url: The address that people use.
    """
    own = _host_of(public_url)

    async def checked(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == ScopeType.HTTP:
            request: Request[Any, Any, Any] = Request(scope, receive)
            if request.method not in _CHANGING_NOTHING and is_foreign(request.headers, own):
                raise PermissionDeniedException
            if "content-type" in request.headers or request.method == HttpMethod.POST:
                await await_form(request)  # a GET's too: the framework reads it
        await app(scope, receive, send)

    return checked


def is_foreign(headers: Mapping[str, str], own: str | None) -> bool:
    """Say whether a browser sent a request for another website.

    Browsers say so themselves (`Sec-Fetch-Site`), and by plain HTTP, where they don't, name the
    origin that a form came from (RFC 6454, section 7). What sends neither is no browser, or one
    from before 2020.

    Args:
        headers: The request's, by lower-case names.
        own: The host that people use, with its port if that is unusual; None if it is not known.
    """
    if site := headers.get("sec-fetch-site"):
        return site not in _OF_OURS
    origin = headers.get("origin")
    if origin is None:
        return False
    host = _host_of(origin)
    return host is None or host not in {own, headers.get("host", "").lower()}


def _host_of(url: str) -> str | None:
    """Return the host of an address, with its port; None if it names none."""
    try:
        return urlsplit(url).netloc.lower() or None
    except ValueError:
        return None
