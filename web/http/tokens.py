"""Tokens of mailed links: a key, signed, so that only ours reach the database."""

from collections.abc import Sequence

from itsdangerous import BadSignature, URLSafeSerializer


class Tokens:
    """Signs and reads the tokens of one purpose; those of another are none here."""

    def __init__(self, secret_keys: Sequence[str], purpose: str) -> None:
        oldest_first = list(reversed(secret_keys))  # the last one signs
        self._serializer = URLSafeSerializer(oldest_first, salt=purpose)

    def write(self, key: str) -> str:
        """Return the token of a key."""
        token = self._serializer.dumps(key)
        return token if isinstance(token, str) else token.decode()

    def read(self, token: str) -> str | None:
        """Return a token's key, or None if it is not one of ours."""
        try:
            return str(self._serializer.loads(token))
        except BadSignature:
            return None


class LinkTokens:
    """The tokens of all links that are mailed, by what they lead to."""

    def __init__(self, secret_keys: Sequence[str]) -> None:
        self.sign_in = Tokens(secret_keys, "sign-in link")
        self.waitlist = Tokens(secret_keys, "place in line")
        self.booking = Tokens(secret_keys, "booking request")
