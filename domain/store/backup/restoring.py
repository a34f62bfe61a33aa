"""Restoring: a backup into an empty database, all of it or marked as unfinished.

Documents arrive in a database of their own time: first the migrations that the backup's database
had seen, then the documents, then the migrations that came later.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime

from bson.raw_bson import RawBSONDocument
from pymongo.collection import Collection as PyMongoCollection
from pymongo.database import Database as PyMongoDatabase

from domain.store.backup.archive import CHANGED, CHANGED_KEYS, ArchiveReader
from domain.store.backup.files import FileUnusable
from domain.store.core.database import Document, database_name
from domain.store.core.migrate import (
    HISTORY,
    LEASES,
    MIGRATING,
    SEEDING,
    exclusively,
    migrate_to,
    migrations_here,
)
from domain.store.core.restores import RESTORES, is_unfinished, note_begin, note_end
from domain.store.core.usable import DatabaseUnusable, open_client

_BATCH_BYTES = 4 << 20
_OF_KEYS = "_id_"
"""The index that a collection always has."""

Announce = Callable[[str], None]


def _refuse_newer(archive: ArchiveReader) -> None:
    """Refuse what a newer version of the program wrote.

    Raises:
        FileUnusable: It has migrations that this version doesn't know.
    """
    unknown = {*archive.manifest.migrations} - {*migrations_here()}
    if unknown:
        raise FileUnusable(
            f"The backup is of a newer version of the program: this one does not know its "
            f"migration {min(unknown)}. Update the program, then restore it."
        )


@contextmanager
def restored(
    uri: str, archive: ArchiveReader, *, clock: Callable[[], datetime], announce: Announce
) -> Iterator[None]:
    """Check a backup and restore it, and count it as done when the block ends without trouble.

    Until then no other command uses the database. One in which an earlier restore was interrupted
    is emptied first: everything there came from that restore.

    Args:
        uri: An empty database.
        archive: The backup.
        clock: Returns the present instant.
        announce: Told what it is at.

    Raises:
        DatabaseUnusable: The database isn't empty, or can't be used.
        FileUnusable: The backup is not whole, or of a newer version of the program.
    """
    _refuse_newer(archive)
    with ExitStack() as stack:
        for lease in (SEEDING, MIGRATING):
            stack.enter_context(exclusively(uri, lease))
        client = stack.enter_context(open_client(uri))
        database = client[database_name(uri)]
        _require_empty(database, announce)
        announce("Checking the backup.")
        archive.check()
        note_begin(database, clock())
        _fill(uri, database, archive, announce)
        yield
        note_end(database, clock())


def _require_empty(database: PyMongoDatabase[Document], announce: Announce) -> None:
    if is_unfinished(database):
        announce("An earlier restore was interrupted: starting again.")
    elif any(database[name].find_one() for name in _replaced(database) if name != HISTORY):
        raise DatabaseUnusable(
            f"the database {database.name} is not empty, and a backup is restored into an empty "
            "one only: name another"
        )


def _replaced(database: PyMongoDatabase[Document]) -> list[str]:
    """Return the collections that a restore makes anew."""
    names = database.list_collection_names(filter={"type": "collection"})
    kept = {LEASES, RESTORES}
    return [name for name in names if name not in kept and not name.startswith("system.")]


def _fill(
    uri: str, database: PyMongoDatabase[Document], archive: ArchiveReader, announce: Announce
) -> None:
    for name in _replaced(database):
        database.drop_collection(name)
    migrate_to(uri, archive.manifest.migrations)
    for name in {*_replaced(database)} - {HISTORY}:
        database[name].delete_many({})  # what a migration begins with is in the backup, too
    for name in archive.manifest.collections:
        count = _insert(database[name], archive, name)
        announce(f"Restored {name}: {count:,} documents.")
    migrate_to(uri, migrations_here(), announce=lambda name: announce(f"Migration: {name}."))


def _insert(collection: PyMongoCollection[Document], archive: ArchiveReader, name: str) -> int:
    """Insert a collection's documents, each as it was at the instant of the backup."""
    count = 0
    with _indexed_at_the_end(collection):
        for batch in _batches(_documents(archive, name)):
            collection.insert_many(batch, ordered=False)
            count += len(batch)
    return count


@contextmanager
def _indexed_at_the_end(collection: PyMongoCollection[Document]) -> Iterator[None]:
    """Take a collection's indexes away, and build them from all of its documents at the end.

    Kept up document by document, those of a million bookings take many times as long.
    """
    kept = [dict(index) for index in collection.list_indexes() if index["name"] != _OF_KEYS]
    if kept:
        collection.drop_indexes()
    yield
    if kept:
        collection.database.command("createIndexes", collection.name, indexes=kept)


def _documents(archive: ArchiveReader, name: str) -> Iterator[RawBSONDocument]:
    changed = {document["_id"] for document in archive.documents(f"{name}{CHANGED_KEYS}")}
    for document in archive.documents(name):
        if not changed or document["_id"] not in changed:
            yield document
    yield from archive.documents(f"{name}{CHANGED}")


def _batches(documents: Iterator[RawBSONDocument]) -> Iterator[list[RawBSONDocument]]:
    batch: list[RawBSONDocument] = []
    size = 0
    for document in documents:
        batch.append(document)
        size += len(document.raw)
        if size >= _BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
