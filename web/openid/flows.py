"""Flows: what a browser carries while it is away at the provider, in a cookie of its own."""

import base64
import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from litestar.datastructures import Cookie

_COOKIE = "openid"
_LIFETIME_S = 600
"""How long somebody may take to sign in there."""


@dataclass(frozen=True)
class SignInFlow:
    """One attempt to sign in. Nobody but this browser and the provider learns any of it."""

    state: str
    """Comes back with the browser: the answer is to a question of this very browser."""
    nonce: str
    """Comes back within the token: the token was made for this attempt."""
    verifier: str
    """Proves that who redeems the code is who asked for it (RFC 7636, section 4.1)."""
    leads_to: str
    """A path of ours."""


def new_flow(leads_to: str) -> SignInFlow:
    """Begin an attempt."""
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    return SignInFlow(state, nonce, verifier, leads_to)


def _cipher(secret_key: str) -> Fernet:
    key = hashlib.sha256(b"openid cookie\0" + secret_key.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))


class FlowCookie:
    """Reads and writes the cookie, encrypted and authenticated by keys of its own."""

    def __init__(self, secret_keys: Sequence[str], *, secure: bool) -> None:
        self._fernet = MultiFernet([_cipher(key) for key in secret_keys])
        self._secure = secure
        self.name = f"__Host-{_COOKIE}" if secure else _COOKIE
        """With TLS, one that no other host of the domain can set (RFC 6265bis, section 4.1.3)."""

    def flow_in(self, cookies: Mapping[str, str]) -> SignInFlow | None:
        """Return the flow that a browser carries; None if it is not ours, or too old."""
        carried = cookies.get(self.name, "")
        try:
            return SignInFlow(**json.loads(self._fernet.decrypt(carried, ttl=_LIFETIME_S)))
        except (InvalidToken, ValueError, TypeError):
            return None

    def write(self, flow: SignInFlow) -> Cookie:
        """Return the cookie to set. Lax: the provider sends the browser back from its own site."""
        value = self._fernet.encrypt(json.dumps(asdict(flow)).encode()).decode()
        return self._with(value, _LIFETIME_S)

    def gone(self) -> Cookie:
        """Return the cookie that removes it: one attempt, one answer."""
        return self._with("", 0)

    def _with(self, value: str, max_age: int) -> Cookie:
        return Cookie(
            key=self.name,
            value=value,
            max_age=max_age,
            httponly=True,
            secure=self._secure,
            samesite="lax",
        )
