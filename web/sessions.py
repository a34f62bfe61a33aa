"""Sessions: one encrypted cookie with a random visitor id and the addresses that were proven."""

import base64
import hashlib
import json
import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from litestar.datastructures import Cookie

from domain.bookings import Viewer
from domain.instants import from_milliseconds, to_milliseconds

COOKIE = "visitor"
_MAX_AGE_S = 400 * 86_400
"""The longest that browsers keep a cookie."""

_MOST_PROVEN = 20


@dataclass(frozen=True)
class Session:
    """What a browser carries. `fresh` says that it does not carry it yet."""

    visitor_id: str
    proven: Mapping[str, datetime] = field(default_factory=dict)
    """Addresses, each with the instant until which its proof holds."""
    fresh: bool = False

    def viewer(self, now: datetime) -> Viewer:
        """Return whose bookings this browser may see at `now`."""
        valid = frozenset(address for address, until in self.proven.items() if now < until)
        return Viewer(visitor_id=self.visitor_id, addresses=valid)

    def proving(self, address: str, until: datetime, now: datetime) -> "Session":
        """Return the session after an address was proven, less what no longer holds.

        Of very many the latest count: a cookie has no room for fifty.
        """
        held = {a: end for a, end in self.proven.items() if now < end and a != address}
        latest = sorted(held.items(), key=lambda proof: proof[1])[-_MOST_PROVEN + 1 :]
        return replace(self, proven={**dict(latest), address: until}, fresh=True)

    def without(self, addresses: Collection[str]) -> "Session":
        """Return the session in which some addresses are proven no longer."""
        left = {a: until for a, until in self.proven.items() if a not in addresses}
        return replace(self, proven=left, fresh=True)


def new_session() -> Session:
    """Return the session of a browser that comes for the first time."""
    return Session(visitor_id=secrets.token_urlsafe(18), fresh=True)


class SessionCookie:
    """Reads and writes the cookie, encrypted and authenticated by a key of its own."""

    def __init__(self, secret_key: str, *, secure: bool) -> None:
        key = hashlib.sha256(b"session cookie\0" + secret_key.encode()).digest()
        self._fernet = Fernet(base64.urlsafe_b64encode(key))
        self._secure = secure

    def read(self, value: str | None) -> Session:
        """Return the session in a cookie; one that does not decode is a new visitor."""
        if not value:
            return new_session()
        try:
            kept: dict[str, Any] = json.loads(self._fernet.decrypt(value.encode()))
            proven = {a: from_milliseconds(until) for a, until in kept["proven"].items()}
            return Session(visitor_id=kept["id"], proven=proven)
        except (InvalidToken, ValueError, KeyError):
            return new_session()

    def write(self, session: Session) -> Cookie:
        """Return the cookie to set."""
        proven = {address: to_milliseconds(until) for address, until in session.proven.items()}
        kept = json.dumps({"id": session.visitor_id, "proven": proven})
        return Cookie(
            key=COOKIE,
            value=self._fernet.encrypt(kept.encode()).decode(),
            max_age=_MAX_AGE_S,
            httponly=True,
            secure=self._secure,
            samesite="lax",
        )
