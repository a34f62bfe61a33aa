"""Migrations: applies what stands in `migrations/`, once, however many processes start."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from pymongo import MongoClient
from pymongo.errors import ConfigurationError, InvalidURI, OperationFailure, PyMongoError
from pymongo_migrate.migrations import Migration
from pymongo_migrate.mongo_migrate import MongoMigrate

from domain.store.core import deadlines
from domain.store.core.clocks import AWARE
from domain.store.core.database import Document, database_name
from domain.store.core.lease import Lease

FOLDER = Path(__file__).resolve().parents[3] / "migrations"
LEASES = "leases"
_LOOK_MS = 5_000
"""How long to look for a server that answers."""


class DatabaseUnusable(Exception):  # noqa: N818 - read as a sentence: it is shown as it is
    """The database doesn't answer, refuses us, or can't do what we need. The message says which."""


def check_usable(uri: str, *, timeout_ms: int = _LOOK_MS) -> None:
    """Check that the database answers and can do what the program needs of it.

    Raises:
        DatabaseUnusable: It doesn't answer, refuses us, or is no replica set.
    """
    with _client(uri, timeout_ms) as client:
        client.admin.command("ping")
        client[database_name(uri)].list_collection_names()  # ping needs no rights; this does
        _require_replica_set(client)


def migrate(
    uri: str,
    *,
    announce: Callable[[str], None] = lambda _: None,
) -> list[str]:
    """Apply every migration that the database has not seen; return their names.

    Safe to run from any number of processes: one applies, the others wait and find nothing to do.
    One that was killed half-way is run again from its start.

    Args:
        uri: A MongoDB connection string; its path names the database.
        announce: Told the name of each migration before it runs.

    Raises:
        DatabaseUnusable: The database doesn't answer, or refuses us.
    """
    with _client(uri, _LOOK_MS) as client:
        migrations = MongoMigrate(client, database_name(uri), str(FOLDER))
        if not _pending(migrations):
            return []
        with Lease(migrations.db[LEASES], "migrations", _clock_of(client)).held():
            pending = _pending(migrations)
            for migration in pending:
                announce(migration.name)
                migrations.upgrade(migration.name)
            return [migration.name for migration in pending]


@contextmanager
def exclusively(uri: str, name: str) -> Iterator[None]:
    """Hold the lease of that name, so that of all processes one at a time does this work."""
    with _client(uri, _LOOK_MS) as client:
        leases = client[database_name(uri)][LEASES]
        with Lease(leases, name, _clock_of(client)).held():
            yield


def _clock_of(client: MongoClient[Document]) -> Callable[[], datetime]:
    """Return what reads the database's clock, which is one for hosts that differ."""

    def read() -> datetime:
        told: datetime = client.admin.command("hello", codec_options=AWARE)["localTime"]
        return told

    return read


def _pending(migrations: MongoMigrate) -> list[Migration]:
    return [m for m in migrations.get_migrations() if not migrations.get_state(m).applied]


@contextmanager
def _client(uri: str, timeout_ms: int) -> Iterator[MongoClient[Document]]:
    """Open a client; whatever the driver makes of a bad address or server becomes one sentence."""
    options: dict[str, Any] = {
        "tz_aware": True,
        "socketTimeoutMS": deadlines.MIGRATION_MS,  # "timeoutMS" looks for a server as long
        "serverSelectionTimeoutMS": timeout_ms,
        "connectTimeoutMS": deadlines.CONNECT_MS,
        "w": "majority",
        "appname": "expertconnect-migrate",
    }
    try:
        database_name(uri)  # an option that nobody knows is a mistake, not a warning
        client = MongoClient[Document](uri, **options)
    except (InvalidURI, ConfigurationError, ValueError) as error:
        raise DatabaseUnusable(f"can't be read as an address: {_useful(error)}") from error
    with said_plainly(), client:
        yield client


@contextmanager
def said_plainly() -> Iterator[None]:
    """Make one sentence of whatever the driver says of a server.

    Raises:
        DatabaseUnusable: With that sentence.
    """
    try:
        yield
    except OperationFailure as error:
        raise DatabaseUnusable(f"the database refuses: {_useful(error)}") from error
    except PyMongoError as error:
        raise DatabaseUnusable(f"no database answers: {_useful(error)}") from error


_USELESS = re.compile(
    r"[.,]*(?: (?:Timeout: |full error: |\(configured |\{ |or maybe ).*)?$", re.DOTALL
)
"""The driver's whole state, the server's whole command, and what only programmers look up."""


def _useful(error: Exception) -> str:
    """Return what a person can use of a message."""
    told = _USELESS.sub("", str(error))
    if told.startswith("not authorized"):
        return f"{told}: give the login readWrite and dbAdmin there"
    return told


def _require_replica_set(client: MongoClient[Document]) -> None:
    """Refuse a stand-alone server: it has neither transactions nor change streams."""
    hello = client.admin.command("hello")
    if "setName" not in hello and hello.get("msg") != "isdbgrid":
        raise DatabaseUnusable(
            "the server is no replica set, so it has no transactions and no change streams: "
            "start mongod with --replSet and call rs.initiate() once"
        )
