"""Tokens of mailed links: a key, signed, so that only ours reach the database."""

from itsdangerous import BadSignature, URLSafeSerializer


class Tokens:
    """Signs and reads the tokens of one purpose; those of another are none here."""

    def __init__(self, secret_key: str, purpose: str) -> None:
        self._serializer = URLSafeSerializer(secret_key, salt=purpose)

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

    def __init__(self, secret_key: str) -> None:
        self.sign_in = Tokens(secret_key, "sign-in link")
        self.waitlist = Tokens(secret_key, "place in line")
