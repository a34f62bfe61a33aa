"""One embedded server for the whole run, an empty database for each test."""

import os
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime

import pytest

from domain.store.database import Database, connect
from tests.databases import Databases
from tests.servers import in_memory_database


@pytest.fixture(scope="session")
def mongodb_uri() -> Iterator[str]:
    """The server of this run: TEST_MONGODB_URI where that is set, else an embedded one."""
    if given := os.environ.get("TEST_MONGODB_URI"):
        yield given
        return
    with in_memory_database() as uri:
        yield uri


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
async def database(database_uri: str) -> AsyncIterator[Database]:
    """The same database, connected."""
    connected = connect(database_uri)
    yield connected
    await connected.close()


@pytest.fixture
def now() -> datetime:
    """A fixed instant: a Tuesday morning in summer."""
    return datetime(2031, 7, 8, 9, 30, tzinfo=UTC)
