"""Headers that every answer carries, errors and static files too."""

import re

from litestar.datastructures import MutableScopeHeaders
from litestar.status_codes import HTTP_200_OK, HTTP_304_NOT_MODIFIED
from litestar.types import Message, Scope

from web.assets.bundles import is_address_of_what_is_sent
from web.http.sessions import Session
from web.services import services_of

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

_FIXED = [
    (b"content-security-policy", CONTENT_SECURITY_POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=()"),
    (b"cross-origin-opener-policy", b"same-origin"),
]
_BY_TLS_ALONE = "max-age=31536000"
"""A year, for this host and not for others of its domain (RFC 6797, section 6.1)."""
_FOREVER = "public, max-age=31536000, immutable"
_KEPT_NOWHERE = re.compile(r"/(?:admin|bookings|desk|sign-in)(?:/|$)")
"""Pages about a person: the next user of the device finds no copy."""
_FOUND = {HTTP_200_OK, HTTP_304_NOT_MODIFIED}


async def finish_headers(message: Message, scope: Scope) -> None:
    """Add security and cache headers, and the session cookie if it changed."""
    if message["type"] != "http.response.start":
        return
    headers = MutableScopeHeaders.from_message(message)
    given = {name for name, _ in headers.headers}
    headers.headers += [header for header in _FIXED if header[0] not in given]
    if services_of(scope["litestar_app"]).settings.is_secure:
        headers.setdefault("strict-transport-security", _BY_TLS_ALONE)
    if scope["path"].startswith("/static/"):
        if message["status"] in _FOUND and _names_what_is_sent(scope):
            headers["cache-control"] = _FOREVER
        return
    kept = "no-store" if _KEPT_NOWHERE.match(scope["path"]) else "no-cache"
    headers.setdefault("cache-control", f"private, {kept}")
    if headers.get("content-type", "").startswith("text/html"):
        headers["vary"] = "HX-Request, HX-Request-Type, Accept, Accept-Encoding, Cookie"
    _send_session(headers, scope)


def _names_what_is_sent(scope: Scope) -> bool:
    """Say whether a static file was asked for by its content; another version is soon too old."""
    query = scope["query_string"].decode("latin-1")
    return query.startswith("v=") and is_address_of_what_is_sent(f"{scope['path']}?{query}")


def _send_session(headers: MutableScopeHeaders, scope: Scope) -> None:
    session: Session | None = scope.get("state", {}).get("session")
    if session is not None and session.fresh:
        cookies = services_of(scope["litestar_app"]).session_cookie
        headers.add("set-cookie", cookies.write(session).to_header(header=""))
