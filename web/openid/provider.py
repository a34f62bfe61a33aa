"""The provider: what it says of itself, and whose address it vouches for."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

import structlog
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.httpx_client import AsyncOAuth2Client
from httpx2 import HTTPError
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, KeySetSerialization

from domain.rules.errors import Code, Refusal
from domain.rules.instants import EPOCH
from web.openid.claims import Claims, Distrusted, check_claims
from web.openid.flows import SignInFlow
from web.settings import OpenIdClient

log = structlog.get_logger()

_WITHIN_S = 4.0
"""How long all that is asked of the provider for one page may take."""
_FRESH_FOR = timedelta(hours=1)
"""How long what it says of itself is believed, its keys included."""
_ALGORITHMS = ["RS256", "PS256", "ES256", "RS384", "ES384", "RS512", "ES512", "PS384", "PS512"]
"""Signatures by a key that only the provider has: none made by the secret that we share."""


@dataclass(frozen=True)
class _Known:
    metadata: Mapping[str, Any]
    keys: KeySet
    until: datetime


_NOTHING = _Known({}, KeySet([]), EPOCH)


class Provider:
    """Where staff sign in. One a process; nothing is asked of it before somebody signs in."""

    def __init__(
        self, client: OpenIdClient, *, leads_back_to: str, clock: Callable[[], datetime]
    ) -> None:
        """Prepare to ask.

        Args:
            client: Where the provider is, and as whom it knows us.
            leads_back_to: The address that it sends browsers back to.
            clock: Returns the present instant.
        """
        self._client = client
        self._leads_back_to = leads_back_to
        self._clock = clock
        self._tls = ssl.create_default_context()  # slow to make
        self._known = _NOTHING
        self._asking = asyncio.Lock()

    async def address_to_ask(self, flow: SignInFlow) -> str:
        """Return where the browser goes to sign in.

        Raises:
            Refusal: PROVIDER_AWAY; SIGN_IN_REFUSED.
        """
        async with self._conversation() as (client, known):
            address, _ = client.create_authorization_url(
                known.metadata["authorization_endpoint"],
                state=flow.state,
                nonce=flow.nonce,
                code_verifier=flow.verifier,
            )
            return str(address)

    async def address_vouched_for(self, code: str, flow: SignInFlow) -> str:
        """Redeem a code, and return the e-mail address of who signed in, which they have proven.

        Raises:
            Refusal: PROVIDER_AWAY; SIGN_IN_REFUSED, if the code or what it is redeemed for can't be
                believed; ADDRESS_UNVERIFIED.
        """
        async with self._conversation() as (client, known):
            token = await client.fetch_token(
                known.metadata["token_endpoint"],
                grant_type="authorization_code",
                code=code,
                code_verifier=flow.verifier,
            )
            claims = await self._claims(client, token["id_token"])
            check_claims(
                claims,
                issuer=known.metadata["issuer"],
                client_id=self._client.id,
                nonce=flow.nonce,
                now=self._clock(),
            )
            return _proven_address(await self._with_address(client, claims))

    @asynccontextmanager
    async def _conversation(self) -> AsyncIterator[tuple[AsyncOAuth2Client, _Known]]:
        """Talk to the provider for a while; what goes wrong is a refusal, and stands in the log."""
        client = AsyncOAuth2Client(
            self._client.id,
            self._client.secret,
            scope="openid email",
            redirect_uri=self._leads_back_to,
            code_challenge_method="S256",
            verify=self._tls,
            timeout=_WITHIN_S,
        )
        try:
            async with asyncio.timeout(_WITHIN_S), client:
                known = await self._ask(client)
                client.token_endpoint_auth_method = _way_to_show_secret(known.metadata)
                yield client, known
        except (HTTPError, TimeoutError) as error:
            log.warning("provider_away", error=type(error).__name__)
            raise Refusal(Code.PROVIDER_AWAY) from error
        except (Distrusted, OAuthError, JoseError, KeyError, ValueError) as error:
            part = error.part if isinstance(error, Distrusted) else type(error).__name__
            log.warning("sign_in_refused", part=part)
            raise Refusal(Code.SIGN_IN_REFUSED) from error

    async def _ask(self, client: AsyncOAuth2Client, *, anew: bool = False) -> _Known:
        """Return what the provider says of itself, asked for again once that is old."""
        async with self._asking:
            now = self._clock()
            if anew or self._known.until <= now:
                root = self._client.issuer.rstrip("/")
                metadata = await _document(client, f"{root}/.well-known/openid-configuration")
                if metadata["issuer"].rstrip("/") != root:
                    raise Distrusted("issuer")
                told = await _document(client, metadata["jwks_uri"])
                keys = KeySet.import_key_set(cast("KeySetSerialization", told))
                self._known = _Known(metadata, keys, now + _FRESH_FOR)
            return self._known

    async def _claims(self, client: AsyncOAuth2Client, token: str) -> Claims:
        """Return what a signed token says; its key may be newer than those that are known."""
        try:
            return jwt.decode(token, self._known.keys, algorithms=_ALGORITHMS).claims
        except (JoseError, ValueError):
            known = await self._ask(client, anew=True)
            return jwt.decode(token, known.keys, algorithms=_ALGORITHMS).claims

    async def _with_address(self, client: AsyncOAuth2Client, claims: Claims) -> Claims:
        """Return claims with an address: some providers tell it only on being asked for it."""
        endpoint = self._known.metadata.get("userinfo_endpoint")
        if "email" in claims or not endpoint:
            return claims
        told = await _document(client, endpoint, withhold_token=False)
        if told["sub"] != claims["sub"]:  # OpenID Connect Core, 5.3.2
            raise Distrusted("sub")
        return told


async def _document(
    client: AsyncOAuth2Client, address: str, *, withhold_token: bool = True
) -> dict[str, Any]:
    answer = await client.request("GET", address, withhold_token=withhold_token)
    answer.raise_for_status()
    found = answer.json()
    if not isinstance(found, dict):
        raise Distrusted("document")
    return found


def _way_to_show_secret(metadata: Mapping[str, Any]) -> str:
    """Return how the provider wants to be shown the secret; by default in a header."""
    ways = metadata.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
    return "client_secret_basic" if "client_secret_basic" in ways else "client_secret_post"


def _proven_address(claims: Claims) -> str:
    address = claims.get("email")
    if not isinstance(address, str) or claims.get("email_verified") is not True:
        raise Refusal(Code.ADDRESS_UNVERIFIED)
    return address
