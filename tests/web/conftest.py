"""A real server for the tests of a module, on the database that the module's tests share."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest

from domain.store.database import Database, connect
from domain.store.documents import Expert, Slot
from domain.store.migrate import migrate
from tests.factories import make_expert, make_slot
from tests.servers import Server, drop, start_server
from tests.web.visitors import Visitor, names_in, visitor
from web import clock


@dataclass
class Site:
    """A running server and its database."""

    url: str
    uri: str
    database: Database
    server: Server

    def output(self) -> str:
        """Return what the server has logged so far."""
        return self.server.output

    @property
    def now(self) -> datetime:
        """The present instant: the server's clock is real."""
        return clock.now()

    async def expert(self, **fields: object) -> Expert:
        """Add an expert."""
        return await make_expert(self.database, **fields)

    async def lists(self, query: str, *names: str) -> None:
        """Wait until a search shows these: the server hears of what a test writes."""
        async with asyncio.timeout(10), visitor(self.url) as somebody:
            while names_in(await somebody.get(f"/experts?{query}")) != list(names):  # noqa: ASYNC110
                await asyncio.sleep(0.01)

    async def slot(self, expert: Expert | None = None, **fields: Any) -> Slot:
        """Publish a time, by default tomorrow's of an expert of its own."""
        owner = expert or await self.expert()
        start = self.now.replace(minute=0, second=0, microsecond=0) + timedelta(days=1)
        return await make_slot(self.database, owner, **{"starts_at": start, **fields})

    async def current(self, slot: Slot) -> Slot:
        """Read a slot as it is now."""
        found = await self.database.engine.find_one(Slot, {"_id": slot.id})
        assert found is not None
        return found


@pytest.fixture(scope="module")
def site_uri(mongodb_uri: str) -> Iterator[str]:
    """The address of the module's database."""
    uri = f"{mongodb_uri.rstrip('/')}/site_{secrets.token_hex(6)}"
    migrate(uri, clock=clock.now)
    yield uri
    drop(uri)


@pytest.fixture(scope="module")
async def site(site_uri: str) -> AsyncIterator[Site]:
    """The module's server, with no experts but those that tests add."""
    database = connect(site_uri)
    try:
        await make_expert(database, listed=False)
        with start_server(site_uri, HOLD_SECONDS=300) as server:
            yield Site(server.url, site_uri, database, server)
    finally:
        await database.close()


@pytest.fixture
async def ann(site: Site) -> AsyncIterator[Visitor]:
    """A visitor."""
    async with visitor(site.url) as browser:
        yield browser


@pytest.fixture
async def eve(site: Site) -> AsyncIterator[Visitor]:
    """Another visitor, who should see nothing of Ann's."""
    async with visitor(site.url) as browser:
        yield browser
