"""Real servers, each for the tests of a module or of several, which share a database, too."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest

from domain.store.core.database import Database, connect
from domain.store.documents import Expert, Slot
from tests.databases import Databases
from tests.factories import make_expert, make_slot
from tests.servers import Server, Setting, start_server
from tests.waiting import PATIENCE_S
from tests.web.visitors import Visitor, names_in, visitor
from web.http import clock


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
        async with asyncio.timeout(PATIENCE_S), visitor(self.url) as somebody:
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


@asynccontextmanager
async def running_site(uri: str, **settings: Setting) -> AsyncIterator[Site]:
    """Run a server with no experts but those that tests add."""
    database = connect(uri)
    try:
        await make_expert(database, listed=False)
        given: dict[str, Setting] = {"HOLD_SECONDS": 300, "LEAVING_SECONDS": 60, **settings}
        with start_server(uri, **given) as server:
            yield Site(server.url, uri, database, server)
    finally:
        await database.close()


@pytest.fixture(scope="module")
def site_uri(databases: Databases) -> Iterator[str]:
    """The address of the module's database."""
    with databases.one() as uri:
        yield uri


@pytest.fixture(scope="session")
async def shared_site(databases: Databases) -> AsyncIterator[Site]:
    """The one of all modules that say `SHARES_SITE`: no test there minds what others do."""
    with databases.one() as uri:
        async with running_site(uri) as site:
            yield site


@pytest.fixture(scope="module")
async def own_site(site_uri: str) -> AsyncIterator[Site]:
    """One for the tests of a module."""
    async with running_site(site_uri) as site:
        yield site


@pytest.fixture(scope="module")
def site(request: pytest.FixtureRequest) -> Site:
    """The module's server: to start one takes longer than most tests, so some share one."""
    shares = getattr(request.module, "SHARES_SITE", False)
    found = request.getfixturevalue("shared_site" if shares else "own_site")
    assert isinstance(found, Site)
    return found


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
