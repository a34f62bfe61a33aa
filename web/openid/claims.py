"""What an ID token must say before an address in it is believed (OpenID Connect Core, 3.1.3.7)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from joserfc.errors import ClaimError
from joserfc.jwt import JWTClaimsRegistry

SKEW_S = 60
"""How far apart the provider's clock and ours may be."""

Claims = Mapping[str, Any]


class Distrusted(Exception):  # noqa: N818 - read as a sentence, like a refusal
    """A token, or an answer, that nobody is signed in by. It names which part is wrong."""

    def __init__(self, part: str) -> None:
        super().__init__(part)
        self.part = part


def check_claims(claims: Claims, *, issuer: str, client_id: str, nonce: str, now: datetime) -> None:
    """Make sure that a token was made by the provider, for us, for this attempt, and just now.

    Raises:
        Distrusted: It wasn't.
    """
    registry = JWTClaimsRegistry(
        now=int(now.timestamp()),
        leeway=SKEW_S,
        iss={"essential": True, "value": issuer},
        sub={"essential": True},
        aud={"essential": True, "value": client_id},
        exp={"essential": True},
        iat={"essential": True},
        nonce={"essential": True, "value": nonce},
    )
    try:
        registry.validate(dict(claims))
    except ClaimError as error:
        raise Distrusted(error.claim) from error
    # A token for several names the one that asked for it.
    if claims.get("azp", client_id) != client_id or (
        "azp" not in claims and claims["aud"] not in (client_id, [client_id])
    ):
        raise Distrusted("azp")
