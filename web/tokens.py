"""Tokens of mailed links: a link's key, signed, so that only ours reach the database."""

from itsdangerous import BadSignature, URLSafeSerializer


class LinkTokens:
    """Signs and reads the tokens of sign-in links."""

    def __init__(self, secret_key: str) -> None:
        self._serializer = URLSafeSerializer(secret_key, salt="sign-in link")

    def write(self, key: str) -> str:
        """Return the token of a link."""
        token = self._serializer.dumps(key)
        return token if isinstance(token, str) else token.decode()

    def read(self, token: str) -> str | None:
        """Return the link's key, or None where the token is not one of ours."""
        try:
            return str(self._serializer.loads(token))
        except BadSignature:
            return None
