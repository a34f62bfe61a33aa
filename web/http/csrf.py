"""CSRF: Litestar's own protection, which also recovers from a cookie that is no longer valid."""

from http.cookies import CookieError, SimpleCookie

from litestar import HttpMethod, Request
from litestar.config.csrf import CSRFConfig
from litestar.enums import ScopeType
from litestar.middleware.csrf import CSRFMiddleware
from litestar.types import ASGIApp, Receive, Scope, Send

from web.http.forms import await_form

COOKIE = "csrftoken"


class RecoveringCSRFMiddleware(CSRFMiddleware):
    """Takes a cookie that this server did not sign for no cookie, so that a reload heals it."""

    def __init__(self, app: ASGIApp, config: CSRFConfig) -> None:
        super().__init__(app, config)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Drop a cookie that does not verify and let a form arrive whole, then do as ever."""
        scope["headers"] = [
            (name, self._without_invalid(value) if name == b"cookie" else value)
            for name, value in scope["headers"]
        ]
        if _brings_a_form(scope):
            await await_form(Request(scope, receive))
        await super().__call__(scope, receive, send)

    def _without_invalid(self, header: bytes) -> bytes:
        kept = [
            pair for pair in header.split(b"; ") if not self._is_invalid(pair.decode("latin-1"))
        ]
        return b"; ".join(kept)

    def _is_invalid(self, pair: str) -> bool:
        name, _, value = pair.partition("=")
        if name.strip() != COOKIE:
            return False
        try:
            token = SimpleCookie(f"{COOKIE}={value}")[COOKIE].value
        except (CookieError, KeyError):
            return True
        return self._decode_csrf_token(token) is None

    def _decode_csrf_token(self, token: str) -> str | None:
        """Return what a token is made of; None if it is not ours, whatever its bytes.

        The comparison that the framework makes takes no text beyond ASCII.
        """
        return super()._decode_csrf_token(token) if token.isascii() else None


def _brings_a_form(scope: Scope) -> bool:
    """Say whether a form is sent, or what passes for one: Litestar reads a GET's, too."""
    if scope["type"] != ScopeType.HTTP:
        return False
    named = any(name == b"content-type" for name, _ in scope["headers"])
    return named or scope["method"] == HttpMethod.POST
