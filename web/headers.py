"""Headers that every answer carries, errors and static files too."""

from litestar.datastructures import MutableScopeHeaders
from litestar.types import Message, Scope

from web.sessions import Session, SessionCookie

CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
)

_FIXED = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "cross-origin-opener-policy": "same-origin",
}
_FOREVER = "public, max-age=31536000, immutable"


async def finish_headers(message: Message, scope: Scope) -> None:
    """Add security and cache headers, and the session cookie where it changed."""
    if message["type"] != "http.response.start":
        return
    headers = MutableScopeHeaders.from_message(message)
    for name, value in _FIXED.items():
        headers.setdefault(name, value)
    if scope["path"].startswith("/static/"):
        if scope["query_string"].startswith(b"v="):
            headers["cache-control"] = _FOREVER
        return
    headers.setdefault("cache-control", "private, no-cache")
    if headers.get("content-type", "").startswith("text/html"):
        headers["vary"] = "HX-Request, HX-Request-Type, Accept, Cookie"
    _send_session(headers, scope)


def _send_session(headers: MutableScopeHeaders, scope: Scope) -> None:
    session: Session | None = scope.get("state", {}).get("session")
    if session is not None and session.fresh:
        cookies: SessionCookie = scope["litestar_app"].state.session_cookie
        headers.add("set-cookie", cookies.write(session).to_header(header=""))
