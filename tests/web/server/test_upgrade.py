"""A release and the one before it serve side by side on one database, while it is upgraded."""

from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from datetime import timedelta
from typing import Any

import pytest
from pymongo import MongoClient

from domain.store.core.database import database_name
from domain.store.core.migrate import applied_migrations, migrations_here
from tests.addresses import database_at
from tests.release import check_out
from tests.servers import (
    ROOMY,
    SECRET_KEY,
    Server,
    drop,
    launched,
    launched_in,
    start_server,
    wait_until_ready,
)
from tests.web.visitors import Visitor, visitor
from web.http import clock


@pytest.fixture(scope="module")
def uri(mongodb_uri: str) -> Iterator[str]:
    """A database that nothing has touched."""
    found = database_at(mongodb_uri, "upgraded")
    drop(found)
    yield found
    drop(found)


@pytest.fixture(scope="module")
def former(uri: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of the last release, which has migrated and seeded its database."""
    code = tmp_path_factory.mktemp("release")
    if not check_out(code):
        pytest.skip("the history of this checkout does not reach back to the last release")
    with launched_in(code, MONGODB_URI=uri, SECRET_KEY=SECRET_KEY, **ROOMY) as server:
        wait_until_ready(server)
        yield server


@pytest.fixture(scope="module")
def present(former: Server, uri: str) -> Iterator[Server]:  # noqa: ARG001 - is there first
    """A server of this release, which has upgraded the database while the other one serves."""
    with start_server(uri) as server:
        yield server


@pytest.fixture
async def old(former: Server) -> AsyncIterator[Visitor]:
    async with visitor(former.url) as browser:
        yield browser


@pytest.fixture
async def new(present: Server) -> AsyncIterator[Visitor]:
    async with visitor(present.url) as browser:
        yield browser


class Times:
    """Free times of the seeded experts, each of whom is given once."""

    def __init__(self, uri: str) -> None:
        with MongoClient[dict[str, Any]](uri, tz_aware=True) as client:
            slots = client[database_name(uri)]["slots"]
            later = {"state": "open", "starts_at": {"$gt": clock.now() + timedelta(days=3)}}
            self._free: dict[Any, list[str]] = {}
            for slot in slots.find(later):
                self._free.setdefault(slot["expert_id"], []).append(str(slot["_id"]))

    def of_one_expert(self, count: int) -> list[str]:
        """Return so many of one expert, by their keys."""
        _, found = self._free.popitem()
        return found[:count]


@pytest.fixture(scope="module")
def times(present: Server, uri: str) -> Times:  # noqa: ARG001 - the database is upgraded then
    return Times(uri)


async def assert_moved_and_cancelled(browser: Visitor, times: Times) -> None:
    """Book, move and cancel at one server."""
    first, second = times.of_one_expert(2)
    reference = await browser.booked(first)
    moved = await browser.post(f"/bookings/{reference}/reschedule", {"slot_id": second})
    cancelled = await browser.post(f"/bookings/{reference}/cancel")
    assert (moved.status_code, cancelled.status_code) == (303, 303)


async def test_the_database_has_all_migrations_while_the_last_release_serves(
    present: Server,  # noqa: ARG001 - upgrades it
    former: Server,
    uri: str,
):
    with MongoClient[dict[str, Any]](uri) as client:
        assert applied_migrations(client[database_name(uri)]) == migrations_here()
    async with visitor(former.url) as browser:
        assert (await browser.get("/health/ready")).status_code == 200


async def test_the_last_release_books_moves_and_cancels_on_it(old, times: Times):
    await assert_moved_and_cancelled(old, times)


async def test_this_release_does_so_too(new, times: Times):
    await assert_moved_and_cancelled(new, times)


async def test_what_one_release_booked_the_other_one_manages(old, new, times: Times):
    for maker, keeper in ((old, new), (new, old)):
        first, second = times.of_one_expert(2)
        reference = await maker.booked(first)
        keeper.client.cookies.update(maker.client.cookies)

        page = await keeper.get(f"/bookings/{reference}")
        moved = await keeper.post(f"/bookings/{reference}/reschedule", {"slot_id": second})
        cancelled = await keeper.post(f"/bookings/{reference}/cancel")

        assert page.status_code == 200
        assert (moved.status_code, cancelled.status_code) == (303, 303)


async def test_people_apply_and_ask_for_links_at_the_last_release(old):
    person = {"name": "Ada Lovelace", "email": "ada@example.org", "category": "Legal", "words": ""}

    applied = await old.post("/apply", person)
    asked = await old.post("/bookings/link", {"email": "ann@example.org"})

    assert (applied.status_code, asked.status_code) == (200, 200)


def test_neither_release_leaves_anything_amiss(uri: str, former: Server, present: Server):
    with ExitStack() as running:
        settings: dict[str, Any] = {"MONGODB_URI": uri, "SECRET_KEY": SECRET_KEY}
        audit = running.enter_context(launched("audit", **settings))

        assert audit.process.wait(60) == 0, audit.output
    for server in (former, present):
        assert "Traceback" not in server.output
        assert "status=500" not in server.output
