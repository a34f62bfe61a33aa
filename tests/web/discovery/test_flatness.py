"""What the database has to look at for a page does not grow with the catalogue.

How long pages take is a figure of the bench, `just bench --only flatness`.
"""

from collections.abc import AsyncIterator, Awaitable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta
from secrets import token_hex

import pytest

from domain.seeds.people import people
from domain.seeds.people.person import slug_of
from domain.store.core.database import Database, connect
from domain.store.documents import Expert
from tests.addresses import database_at
from tests.catalogues import make_catalogue
from tests.servers import drop, start_server
from tests.web.visitors import Visitor, visitor
from web.http import clock

SMALL, LARGE = 24, 2_000
PAST_BOOKINGS = 100_000
MORE = 60
"""What the server looks at by itself meanwhile. If it were every expert, it would be twice that."""

pytestmark = [pytest.mark.soak, pytest.mark.timeout(1_800)]

SLUG = slug_of(next(iter(people(1))))
NEXT_WEEK = (clock.now() + timedelta(days=7)).date()


@dataclass
class Catalogue:
    """A server on a catalogue, and who looks at it."""

    visitor: Visitor
    database: Database

    async def open(self, path: str) -> None:
        assert (await self.visitor.get(path)).status_code == 200

    async def looked_at_for(self, path: str) -> int:
        """Open a page thrice; return what the database looked at for one, the least of them."""
        await self.open(path)  # what is kept in memory from now on is read
        return min([await self.looked_at(self.open(path)) for _ in range(3)])

    async def looked_at(self, work: Awaitable[object]) -> int:
        """Return how many documents and entries of indexes the database looks at meanwhile."""
        database = self.database.motor[self.database.name]
        await database.drop_collection("system.profile")
        await database.command("profile", 2)
        try:
            await work
        finally:
            await database.command("profile", 0)
        told = await database["system.profile"].find({"op": {"$ne": "getmore"}}).to_list(None)
        return sum(one.get("docsExamined", 0) + one.get("keysExamined", 0) for one in told)


async def catalogue(end: AsyncExitStack, uri: str, size: int, past_bookings: int) -> Catalogue:
    end.callback(drop, uri)
    await make_catalogue(uri, experts=size, past_bookings=past_bookings)
    server = end.enter_context(start_server(uri))
    database = connect(uri)
    end.push_async_callback(database.close)
    return Catalogue(await end.enter_async_context(visitor(server.url)), database)


@pytest.fixture(scope="module")
async def both(
    mongodb_uri: str,
    needs_mongod: None,  # noqa: ARG001 - the other engine counts nothing
) -> AsyncIterator[tuple[Catalogue, Catalogue]]:
    """A small catalogue, and a large one with a past."""
    small, large = [database_at(mongodb_uri, f"flat_{token_hex(6)}") for _ in "12"]
    async with AsyncExitStack() as end:
        yield (
            await catalogue(end, small, SMALL, 0),
            await catalogue(end, large, LARGE, PAST_BOOKINGS),
        )


@pytest.mark.parametrize(
    "path",
    [
        "/experts",
        "/experts?sort=soonest&category=Finance&language=en",
        "/experts?q=tax&page=2",
        f"/experts?on={NEXT_WEEK}&zone=UTC",
        f"/experts?on={NEXT_WEEK}&from=09:00&to=17:00&zone=Europe/Berlin&sort=soonest",
        f"/experts/{SLUG}",
        f"/experts/{SLUG}/slots",
    ],
)
async def test_the_database_looks_at_as_much_for_a_page_however_much_there_is(
    both: tuple[Catalogue, Catalogue], path: str
):
    small, large = [await one.looked_at_for(path) for one in both]

    assert large <= small + MORE


async def test_a_look_at_every_expert_would_be_found_out(both: tuple[Catalogue, Catalogue]):
    small, large = [
        await one.looked_at(one.database.engine.find(Expert, {"bio": "nobody's"})) for one in both
    ]

    assert large > small + MORE
