"""One database server for the whole run, an empty database for each test."""

import os
import secrets
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime

import pytest
from pymongo import MongoClient

from domain.store.core.database import Database, connect
from tests import fake_clock, fast, soak
from tests.addresses import database_at
from tests.checkers.nu import Nu, running_nu
from tests.databases import Databases
from tests.servers import database_for_tests, drop

soak.use_profile()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--fast", action="store_true", help="only what needs no server: seconds")


def pytest_configure(config: pytest.Config) -> None:
    if fake_clock.AHEAD_S and config.pluginmanager.has_plugin("playwright"):
        fake_clock.move_pages()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--fast"):
        left_out = [item for item in items if not fast.is_fast(item)]
        items[:] = [item for item in items if item not in {*left_out}]
        config.hook.pytest_deselected(items=left_out)


@pytest.fixture(autouse=True)
def nothing_is_started(request: pytest.FixtureRequest) -> Iterator[None]:
    """In the fast tier a test that starts a process or connects to one fails."""
    if not request.config.getoption("--fast"):
        yield
        return
    with fast.nothing_started():
        yield


@pytest.fixture(scope="session")
def mongodb_uri() -> Iterator[str]:
    """The server of this run: TEST_MONGODB_URI where that is set, else one of its own."""
    if given := os.environ.get("TEST_MONGODB_URI"):
        yield given
        return
    with database_for_tests() as uri:
        yield uri


@pytest.fixture(scope="session")
def needs_mongod(mongodb_uri: str) -> None:
    """Skip what asks MongoDB how it works, where the server is another."""
    with MongoClient[dict[str, object]](mongodb_uri) as client:
        if client.admin.command("hello").get("setName") == "secantus":
            pytest.skip("asks MongoDB how it works, and no mongod runs here")


@pytest.fixture(scope="session")
def nu() -> Iterator[Nu]:
    """The checker of HTML."""
    with running_nu() as checker:
        yield checker


@pytest.fixture(scope="session")
def databases(mongodb_uri: str) -> Iterator[Databases]:
    """The databases of this run, which go with it."""
    found = Databases(mongodb_uri)
    yield found
    found.drop()


@pytest.fixture
def database_uri(databases: Databases) -> Iterator[str]:
    """The address of a migrated, empty database, for tests that start server processes on it."""
    with databases.one() as uri:
        yield uri


@pytest.fixture
def empty_uri(mongodb_uri: str) -> Iterator[str]:
    """The address of a database in which nothing is yet."""
    uri = database_at(mongodb_uri, f"test_empty_{secrets.token_hex(4)}")
    yield uri
    drop(uri)


@pytest.fixture
async def database(database_uri: str) -> AsyncIterator[Database]:
    """The same database, connected."""
    connected = connect(database_uri)
    yield connected
    await connected.close()


@pytest.fixture
def now() -> datetime:
    """A fixed instant: a Tuesday morning in summer."""
    return datetime(2031, 7, 8, 9, 30, tzinfo=UTC)
