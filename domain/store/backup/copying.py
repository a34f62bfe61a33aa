"""Copying: a database into a file, as it is at one instant, beside a program that goes on serving.

Collections are copied one after the other, while a change stream tells the keys of what changes.
One transaction at the end reads these documents anew, all as of its own instant. The rest has not
changed since it was copied, so that the two together are the database at that instant, however
long the copy took.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

import bson
from pymongo import MongoClient
from pymongo.client_session import ClientSession
from pymongo.collection import Collection as PyMongoCollection
from pymongo.database import Database as PyMongoDatabase
from pymongo.read_concern import ReadConcern

from domain.store.backup.archive import CHANGED, CHANGED_KEYS, ArchiveWriter, new_archive
from domain.store.backup.changes import Changes, changes_of
from domain.store.backup.files import new_file
from domain.store.core.database import Document, database_name
from domain.store.core.migrate import HISTORY, LEASES, applied_migrations
from domain.store.core.restores import RESTORES
from domain.store.core.usable import DatabaseUnusable, open_client
from domain.store.documents import BookingRequest, SignInLink
from domain.store.documents.counts import Count

OWN = frozenset({HISTORY, LEASES, RESTORES})
"""What a database keeps about itself; a restored one gets its own."""
PASSING = frozenset(model.__collection__ for model in (Count, SignInLink, BookingRequest))
"""What means nothing two hours later. A link that lets somebody in is better not in a file."""

_BATCH = 1_000


@dataclass(frozen=True)
class BackupMade:
    """What a backup holds."""

    documents: int
    digest: str
    """The SHA-256 that seals it."""


def back_up(uri: str, path: Path, *, clock: Callable[[], datetime]) -> BackupMade:
    """Copy a database into a new file.

    Args:
        uri: The database.
        path: The file, which must not be there yet.
        clock: Returns the present instant.

    Raises:
        DatabaseUnusable: It can't be read, or was migrated meanwhile.
        FileUnusable: The file can't be written, or is there already.
    """
    with open_client(uri) as client, new_file(path) as file, new_archive(file) as archive:
        database = _settled(client, uri)
        migrations = applied_migrations(database)
        with changes_of(database) as changes:
            for name in _collections(database):
                archive.write(name, changes.beside(_batches(database[name])))
            made_at = _bring_to_one_instant(database, changes, archive, clock)
        if applied_migrations(database) != migrations:
            raise DatabaseUnusable("it was migrated meanwhile: back it up again")
        return BackupMade(archive.documents, archive.seal(made_at, migrations))


def _settled(client: MongoClient[Document], uri: str) -> PyMongoDatabase[Document]:
    """Return the database, read without what an election may undo."""
    return client.get_database(database_name(uri), read_concern=ReadConcern("majority"))


def _collections(database: PyMongoDatabase[Document]) -> list[str]:
    names = database.list_collection_names(filter={"type": "collection"})
    return sorted(name for name in names if _is_copied(name))


def _is_copied(name: str) -> bool:
    return name not in OWN | PASSING and not name.startswith("system.")


def _bring_to_one_instant(
    database: PyMongoDatabase[Document],
    changes: Changes,
    archive: ArchiveWriter,
    clock: Callable[[], datetime],
) -> datetime:
    """Write the documents that have changed since the copy began, all as of one instant."""
    client = database.client
    with client.start_session() as session, session.start_transaction(ReadConcern("snapshot")):
        database[LEASES].find_one(session=session)  # a transaction's first read fixes its instant
        made_at = clock()
        changes.hear_all()
        for name, keys in sorted(changes.keys.items()):
            if _is_copied(name):
                encoded = (bson.encode({"_id": key}) for key in keys)
                archive.write(f"{name}{CHANGED_KEYS}", encoded)
                archive.write(f"{name}{CHANGED}", _of_keys(database[name], keys, session))
    return made_at


def _of_keys(
    collection: PyMongoCollection[Document], keys: Collection[Any], session: ClientSession
) -> Iterator[bytes]:
    left = iter(keys)
    while some := [*islice(left, _BATCH)]:
        yield from _batches(collection, {"_id": {"$in": some}}, session)


def _batches(
    collection: PyMongoCollection[Document],
    query: Document | None = None,
    session: ClientSession | None = None,
) -> Iterator[bytes]:
    """Yield documents in BSON, as the server sends them."""
    yield from collection.find_raw_batches(query or {}, batch_size=_BATCH, session=session)
