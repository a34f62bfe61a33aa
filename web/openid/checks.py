"""Whether the provider answers and is the one that was named, for the doctor."""

from domain.rules.checks import Check, Checking
from domain.rules.errors import Code, Refusal, Sentence
from web.http import clock
from web.openid.flows import new_flow
from web.openid.provider import Provider
from web.openid.routes import BACK
from web.settings import OpenIdClient

PROVIDER = Checking(Sentence("Sign-in service"))


async def look_at_provider(client: OpenIdClient, public_url: str) -> Check:
    """Ask the provider what it says of itself; nobody is signed in by that."""
    back = f"{public_url}{BACK}"
    told = {"issuer": client.issuer, "back": back}
    try:
        asked = Provider(client, leads_back_to=back, clock=clock.now)
        await asked.address_to_ask(new_flow("/desk"))
    except Refusal as refusal:
        if refusal.code is Code.PROVIDER_AWAY:
            finding = Sentence("%(issuer)s does not answer.", told)
        else:
            finding = Sentence("%(issuer)s does not describe itself as a provider would.", told)
        return PROVIDER.wrong(finding, Sentence("Check OIDC_ISSUER, from this host."))
    return PROVIDER.ok(Sentence("%(issuer)s answers. It has to know %(back)s.", told))
