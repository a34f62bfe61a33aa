"""A provider to sign in at, over HTTP and with real keys, that can be told to say what is wrong."""

import base64
import hashlib
import json
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, RSAKey

CLIENT_ID, SECRET = "expertconnect", "as long as a secret has to be, which is quite long"

UNASKED = {
    "OIDC_ISSUER": "https://id.example.org",
    "OIDC_CLIENT_ID": CLIENT_ID,
    "OIDC_SECRET": SECRET,
    "OIDC_NAME": "Example Chamber",
}
"""Settings of a server with a provider that nobody goes to."""

Query = dict[str, str]


class OwnProvider(ThreadingHTTPServer):
    """One that knows one client, and believes everybody who signs in."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Endpoints)
        self.rotate()
        self.header: dict[str, str] = {}
        self.claims: dict[str, Any] = {}
        """What the next tokens say instead of what is right."""
        self.userinfo: dict[str, Any] = {}
        self.may_answer = Event()
        self.may_answer.set()
        self.asked: list[str] = []
        self._codes: dict[str, Query] = {}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def is_signed_in_at(self, address: str) -> str:
        """Sign somebody in who was sent to this address; return where they are sent back to."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert (asked["client_id"], asked["response_type"]) == (CLIENT_ID, "code")
        assert asked["code_challenge_method"] == "S256"
        assert {*asked["scope"].split()} == {"openid", "email"}
        code = secrets.token_urlsafe(16)
        self._codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def token_for(self, form: Query, authorization: str) -> dict[str, str] | None:
        """Return the tokens that a code is worth, once, to who asked for it."""
        known = base64.b64encode(f"{CLIENT_ID}:{SECRET}".encode()).decode()
        asked = self._codes.pop(form["code"], None)
        if asked is None or authorization != f"Basic {known}":
            return None
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if (challenge, form["redirect_uri"]) != (asked["code_challenge"], asked["redirect_uri"]):
            return None
        return {
            "access_token": "an access token",
            "token_type": "Bearer",
            "id_token": self._signed(asked["nonce"]),
        }

    def _signed(self, nonce: str) -> str:
        now = int(time.time())
        right = {
            "iss": self.url,
            "sub": "17",
            "aud": CLIENT_ID,
            "exp": now + 300,
            "iat": now,
            "nonce": nonce,
            "email_verified": True,
        }
        header = {"alg": "RS256", "kid": self.key.kid or "", **self.header}
        by_secret = header["alg"] == "HS256"
        key = OctKey.import_key(SECRET) if by_secret else self.key
        claims = {k: v for k, v in {**right, **self.claims}.items() if v is not None}
        return jwt.encode(header, claims, key, algorithms=[header["alg"]])

    def rotate(self) -> None:
        """Sign with another key from now on."""
        self.key = RSAKey.generate_key(2048)
        self.key.ensure_kid()


class _Endpoints(BaseHTTPRequestHandler):
    server: OwnProvider

    def do_GET(self) -> None:
        provider = self.server
        provider.asked.append(self.path)
        provider.may_answer.wait()
        documents: dict[str, Any] = {
            "/.well-known/openid-configuration": {
                "issuer": provider.url,
                "authorization_endpoint": f"{provider.url}/authorize",
                "token_endpoint": f"{provider.url}/token",
                "userinfo_endpoint": f"{provider.url}/userinfo",
                "jwks_uri": f"{provider.url}/keys",
            },
            "/keys": KeySet([provider.key]).as_dict(private=False),
            "/userinfo": provider.userinfo,
        }
        self._answer(200, documents[self.path])

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        form = {name: values[0] for name, values in parse_qs(body).items()}
        token = self.server.token_for(form, self.headers.get("Authorization", ""))
        self._answer(200 if token else 400, token or {"error": "invalid_grant"})

    def _answer(self, status: int, document: dict[str, Any]) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(document).encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def own_provider() -> Iterator[OwnProvider]:
    """Run one."""
    with OwnProvider() as provider:
        Thread(target=provider.serve_forever, daemon=True).start()
        try:
            yield provider
        finally:
            provider.may_answer.set()
            provider.shutdown()
