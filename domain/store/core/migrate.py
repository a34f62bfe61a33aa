"""Migrations: applies what stands in `migrations/`, once, however many processes start."""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from pymongo import MongoClient
from pymongo.database import Database as PyMongoDatabase
from pymongo_migrate.migrations import Migration
from pymongo_migrate.mongo_migrate import MongoMigrate

from domain.store.core.clocks import AWARE
from domain.store.core.database import Document, database_name
from domain.store.core.lease import Lease
from domain.store.core.usable import open_client

FOLDER = Path(__file__).resolve().parents[3] / "migrations"
LEASES = "leases"
HISTORY = "pymongo_migrate"
"""The collection that says which migrations a database has seen."""
MIGRATING, SEEDING = "migrations", "seed"
"""The leases of those who migrate, and who seed."""


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
    with open_client(uri) as client:
        migrations = _migrations(client, uri)
        if not _pending(migrations):
            return []
        with Lease(migrations.db[LEASES], MIGRATING, _clock_of(client)).held():
            return _apply(migrations, _pending(migrations), announce)


def migrate_to(
    uri: str, names: Collection[str], *, announce: Callable[[str], None] = lambda _: None
) -> None:
    """Apply those of some migrations that are missing, for one who has the lease already."""
    with open_client(uri) as client:
        migrations = _migrations(client, uri)
        pending = [found for found in _pending(migrations) if found.name in names]
        _apply(migrations, pending, announce)


def migrations_here() -> list[str]:
    """Return the names of all migrations that this version of the program has, in order."""
    return sorted(path.stem for path in FOLDER.glob("[0-9]*.py"))


def applied_migrations(database: PyMongoDatabase[Document]) -> list[str]:
    """Return the names of the migrations that a database has seen, in order."""
    applied = {"applied": {"$ne": None}}
    return sorted(found["name"] for found in database[HISTORY].find(applied, ["name"]))


def _migrations(client: MongoClient[Document], uri: str) -> MongoMigrate:
    return MongoMigrate(client, database_name(uri), str(FOLDER), HISTORY)


def _apply(
    migrations: MongoMigrate, pending: Sequence[Migration], announce: Callable[[str], None]
) -> list[str]:
    for migration in pending:
        announce(migration.name)
        migrations.upgrade(migration.name)
    return [migration.name for migration in pending]


@contextmanager
def exclusively(uri: str, name: str) -> Iterator[None]:
    """Hold the lease of that name, so that of all processes one at a time does this work."""
    with open_client(uri) as client:
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
