"""Mail that tests wait for. Without a mail server, a site keeps it in its outbox."""

import re
import secrets

from domain.rules.notices import Kind
from domain.store.documents.mails import MailState
from tests.waiting import until
from tests.web.conftest import Site

LINK = re.compile(r"/(?:bookings/(?:link|confirm)|waitlist)/[\w.-]+(?:\?next=[\w%]+)?")


async def mailed_text(site: Site, address: str, kind: Kind) -> str:
    """Return the text of the newest mail to an address."""
    outbox = site.database.motor[site.database.name]["outbox"]
    newest = [("created_at", -1), ("_id", -1)]

    async def text() -> str | None:
        mail = await outbox.find_one({"to": address, "kind": kind.value}, sort=newest)
        return str(mail["text"]) if mail and mail["state"] == MailState.KEPT.value else None

    return str(await until(text))


async def mailed_link(site: Site, address: str, kind: Kind = Kind.SIGN_IN) -> str:
    """Return the link in the newest mail to an address."""
    found = LINK.search(await mailed_text(site, address, kind))
    assert found
    return found[0]


def address() -> str:
    """Return an address that no other test uses."""
    return f"ann+{secrets.token_hex(4)}@example.org"
