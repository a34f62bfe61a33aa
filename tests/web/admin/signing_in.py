"""Administrators: browsers that have signed in to /admin by a mailed link."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from domain.admin import administrators
from domain.rules.log import OPERATOR
from tests.networks import from_network, own_network
from tests.web.conftest import Site
from tests.web.desk.signing_in import sign_in
from tests.web.mailed import address
from tests.web.visitors import Visitor, visitor


async def add_administrator(site: Site) -> str:
    """Add an administrator and return the address."""
    mail = address()
    await administrators.add(site.database, mail, by=OPERATOR, now=site.now)
    return mail


@asynccontextmanager
async def administering(site: Site, mail: str) -> AsyncIterator[Visitor]:
    """Open a browser that has signed in to /admin, in a network of its own."""
    async with visitor(site.url, headers=from_network(own_network())) as browser:
        assert await sign_in(site, browser, mail, "/admin") == "/admin"
        yield browser
