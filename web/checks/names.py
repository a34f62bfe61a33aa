"""Names: what the domain of MAIL_FROM publishes, so that others believe its mail."""

from collections.abc import AsyncIterator

from dns.asyncresolver import Resolver
from dns.exception import DNSException
from dns.resolver import NXDOMAIN, NoAnswer

from domain.rules.checks import Check, Checking
from domain.rules.errors import Sentence

SPF = Checking(Sentence("SPF"))
DMARC = Checking(Sentence("DMARC"))
DKIM = Checking(Sentence("DKIM"))

PATIENCE_S = 5.0


async def look_at_names(domain: str, resolver: Resolver | None = None) -> AsyncIterator[Check]:
    """Yield what a domain says of who may send its mail (RFC 7208), and of what fails (RFC 7489).

    Args:
        domain: Of the sender of our mail.
        resolver: Asks for names; this host's by default.
    """
    try:
        found = resolver or Resolver()
        yield _spf(domain, await _texts(found, domain, "v=spf1"))
        yield _dmarc(domain, await _texts(found, f"_dmarc.{domain}", "v=DMARC1"))
    except DNSException as error:
        yield SPF.warning(
            Sentence("Names can't be looked up here (%(why)s).", {"why": type(error).__name__}),
            Sentence("Repeat this where the network can be reached."),
        )
        return
    yield DKIM.ok(
        Sentence("It shows in the letter that arrives: among its headers must be dkim=pass.")
    )


async def _texts(resolver: Resolver, name: str, beginning: str) -> list[str]:
    """Return the texts of a name that begin like this."""
    try:
        answer = await resolver.resolve(name, "TXT", lifetime=PATIENCE_S)
    except (NXDOMAIN, NoAnswer):
        return []
    texts = (b"".join(record.strings).decode(errors="replace") for record in answer)
    return [text for text in texts if text.lower().startswith(beginning.lower())]


def _spf(domain: str, found: list[str]) -> Check:
    where = {"domain": domain}
    if len(found) > 1:
        return SPF.wrong(
            Sentence("%(domain)s has more than one SPF record, so that none counts.", where),
            Sentence("Put all of them into one."),
        )
    if not found:
        return SPF.wrong(
            Sentence(
                "%(domain)s does not say who may send its mail: much of it is refused.", where
            ),
            Sentence("Add the TXT record that your mail provider names: v=spf1 include:… -all"),
        )
    return SPF.ok(Sentence("%(domain)s says: %(record)s", {**where, "record": found[0]}))


def _dmarc(domain: str, found: list[str]) -> Check:
    if len(found) != 1:
        return DMARC.warning(
            Sentence("%(domain)s has no policy: large providers ask for one.", {"domain": domain}),
            Sentence("Add a TXT record at _dmarc.%(domain)s: v=DMARC1; p=none", {"domain": domain}),
        )
    return DMARC.ok(Sentence("%(domain)s says: %(record)s", {"domain": domain, "record": found[0]}))
