"""Experts at their desks: browsers that have signed in by a mailed link."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from domain.store.documents import Expert
from domain.store.documents.mails import MailState
from tests.networks import from_network, own_network
from tests.waiting import until
from tests.web.conftest import Site
from tests.web.mailed import mailed_link
from tests.web.visitors import Visitor, visitor


async def sign_in(site: Site, browser: Visitor, mail: str, leads_to: str = "/desk") -> str:
    """Sign in by a mailed link and return where it leads.

    The link is asked for from a network of its own: links are limited by network.
    """
    outbox = site.database.motor[site.database.name]["outbox"]
    kept = {"to": mail.lower(), "state": MailState.KEPT.value}
    before = await outbox.count_documents(kept)
    elsewhere = from_network(own_network())
    asked = await browser.post(
        "/bookings/link", {"email": mail, "next": leads_to}, headers=elsewhere
    )
    assert asked.status_code == 200, asked.text
    await until(lambda: outbox.find_one(kept, skip=before))
    path, _, query = (await mailed_link(site, mail.lower())).partition("?next=")
    answer = await browser.post(path, {"next": query.replace("%2F", "/")})
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


@asynccontextmanager
async def at_desk(site: Site, expert: Expert) -> AsyncIterator[Visitor]:
    """Open a browser that has signed in to an expert's desk, in a network of its own."""
    async with visitor(site.url, headers=from_network(own_network())) as browser:
        assert await sign_in(site, browser, expert.email) == "/desk"
        yield browser
