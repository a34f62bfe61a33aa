"""CSRF: Litestar's own protection, which also recovers from a cookie that is no longer valid."""

from http.cookies import CookieError, SimpleCookie

from litestar.config.csrf import CSRFConfig
from litestar.middleware.csrf import CSRFMiddleware
from litestar.types import ASGIApp, Receive, Scope, Send

COOKIE = "csrftoken"


class RecoveringCSRFMiddleware(CSRFMiddleware):
    """Takes a cookie that this server did not sign for no cookie, so that a reload heals it."""

    def __init__(self, app: ASGIApp, config: CSRFConfig) -> None:
        super().__init__(app, config)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Drop a cookie that does not verify, then do as ever."""
        scope["headers"] = [
            (name, self._without_invalid(value) if name == b"cookie" else value)
            for name, value in scope["headers"]
        ]
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
