"""Sessions: one encrypted cookie with a random visitor id and the addresses that were proven."""

import base64
import hashlib
import json
import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from litestar.datastructures import Cookie

from domain.account.sign_in import PROOF_LIFETIME
from domain.booking.bookings import Viewer
from domain.desk.desks import SIGN_IN_LIFETIME
from domain.rules.instants import EPOCH, from_milliseconds, to_milliseconds

_COOKIE = "visitor"
_MAX_AGE_S = 400 * 86_400
"""The longest that browsers keep a cookie."""

_KEPT = 2_000
"""How many cookies a process knows without deciphering them again."""

_MOST_PROVEN = 20
_MOST_DESKS = 3

_RENEW_AFTER = timedelta(minutes=5)
"""How long a use of a desk may go unnoted: not every page needs a cookie of its own."""


@dataclass(frozen=True)
class DeskSignIn:
    """When a browser signed in to an address's desk, and when it last used it."""

    at: datetime
    used_at: datetime


@dataclass(frozen=True)
class Session:
    """What a browser carries. `fresh` says that it does not carry it yet."""

    visitor_id: str
    proven: Mapping[str, datetime] = field(default_factory=dict)
    """Addresses, each with the instant until which its proof holds, `PROOF_LIFETIME` after it."""
    desks: Mapping[str, DeskSignIn] = field(default_factory=dict)
    """Addresses that signed in lately: each opens the desks whose experts have it."""
    fresh: bool = False
    has_acted: bool = True
    """Whether it ever sent a form. Until then nothing can be its own, and nobody needs to look."""

    def acting(self) -> "Session":
        """Return the session of a browser that sends a form."""
        return self if self.has_acted else replace(self, has_acted=True, fresh=True)

    def viewer(self, now: datetime, ended_at: Mapping[str, datetime]) -> Viewer:
        """Return whose bookings this browser may see at `now`.

        Args:
            now: The present instant.
            ended_at: When addresses signed out on all devices, of those that did.
        """
        valid = frozenset(
            address
            for address, until in self.proven.items()
            if now < until and ended_at.get(address, EPOCH) < until - PROOF_LIFETIME
        )
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
        desks = {a: desk for a, desk in self.desks.items() if a not in addresses}
        return replace(self, proven=left, desks=desks, fresh=True)

    def signing_in(self, address: str, now: datetime) -> "Session":
        """Return the session after an address signed in, to its desk if it has one."""
        return self._with_desk(address, DeskSignIn(at=now, used_at=now), now)

    def desks_at(self, now: datetime) -> dict[str, datetime]:
        """Return the addresses whose sign-in to a desk still holds, and when each signed in."""
        return {a: d.at for a, d in self.desks.items() if now < d.used_at + SIGN_IN_LIFETIME}

    def using_desk(self, address: str, now: datetime) -> "Session":
        """Return the session after a desk was used, which keeps it open for longer."""
        desk = self.desks[address]
        if now < desk.used_at + _RENEW_AFTER:
            return self
        return self._with_desk(address, replace(desk, used_at=now), now)

    def _with_desk(self, address: str, desk: DeskSignIn, now: datetime) -> "Session":
        others = {a: self.desks[a] for a in self.desks_at(now) if a != address}
        latest = sorted(others.items(), key=lambda other: other[1].used_at)[-_MOST_DESKS + 1 :]
        return replace(self, desks={**dict(latest), address: desk}, fresh=True)


def new_session() -> Session:
    """Return the session of a browser that comes for the first time."""
    return Session(visitor_id=secrets.token_urlsafe(18), fresh=True, has_acted=False)


def _cipher(secret_key: str) -> Fernet:
    key = hashlib.sha256(b"session cookie\0" + secret_key.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))


def _read_desk(instants: Sequence[int]) -> DeskSignIn:
    at, used_at = map(from_milliseconds, instants)
    return DeskSignIn(at=at, used_at=used_at)


class SessionCookie:
    """Reads and writes the cookie, encrypted and authenticated by keys of its own."""

    def __init__(self, secret_keys: Sequence[str], *, secure: bool) -> None:
        self._fernet = MultiFernet([_cipher(key) for key in secret_keys])
        self._decoded = lru_cache(_KEPT)(self._decode)
        self._secure = secure
        self.name = f"__Host-{_COOKIE}" if secure else _COOKIE
        """With TLS, one that no other host of the domain can set (RFC 6265bis, section 4.1.3)."""

    def session_in(self, cookies: Mapping[str, str]) -> Session:
        """Return the session that a browser carries; a new one where it carries none of ours.

        The name from before is read for another release: nobody loses sight of their bookings.
        """
        return self.read(cookies.get(self.name) or cookies.get(_COOKIE))

    def read(self, value: str | None) -> Session:
        """Return the session in a cookie; one that does not decode is a new visitor."""
        if not value:
            return new_session()
        try:
            return self._decoded(value)
        except (InvalidToken, ValueError, KeyError):
            return new_session()

    def _decode(self, value: str) -> Session:
        kept: dict[str, Any] = json.loads(self._fernet.decrypt(value.encode()))
        proven = {a: from_milliseconds(until) for a, until in kept["proven"].items()}
        desks = {a: _read_desk(instants) for a, instants in kept.get("desks", {}).items()}
        acted = kept.get("acted", True)  # of one from before nobody knows
        return Session(kept["id"], proven=proven, desks=desks, has_acted=acted)

    def write(self, session: Session) -> Cookie:
        """Return the cookie to set."""
        proven = {address: to_milliseconds(until) for address, until in session.proven.items()}
        desks = {
            address: [to_milliseconds(desk.at), to_milliseconds(desk.used_at)]
            for address, desk in session.desks.items()
        }
        kept = json.dumps(
            {
                "id": session.visitor_id,
                "proven": proven,
                "desks": desks,
                "acted": session.has_acted,
            }
        )
        return Cookie(
            key=self.name,
            value=self._fernet.encrypt(kept.encode()).decode(),
            max_age=_MAX_AGE_S,
            httponly=True,
            secure=self._secure,
            samesite="lax",
        )
