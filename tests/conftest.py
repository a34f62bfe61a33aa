"""One embedded server for the whole run, one database for each test."""

import os
import secrets
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime

import pytest

from domain.store.database import Database, connect
from domain.store.migrate import migrate
from tests.servers import drop, in_memory_database
from web import clock


@pytest.fixture(scope="session")
def mongodb_uri() -> Iterator[str]:
    """The server of this run: TEST_MONGODB_URI where that is set, else an embedded one."""
    if given := os.environ.get("TEST_MONGODB_URI"):
        yield given
        return
    with in_memory_database() as uri:
        yield uri


@pytest.fixture
def database_uri(mongodb_uri: str) -> Iterator[str]:
    """The address of a new, migrated database, for tests that start server processes on it."""
    name = f"test_{secrets.token_hex(6)}"
    base, _, options = mongodb_uri.partition("?")
    uri = f"{base.rstrip('/')}/{name}" + (f"?{options}" if options else "")
    migrate(uri, clock=clock.now)
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
