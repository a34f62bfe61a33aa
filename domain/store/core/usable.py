"""Usable: whether a database answers and can do what is asked of it; if not, in one sentence."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pymongo import MongoClient
from pymongo.errors import ConfigurationError, InvalidURI, OperationFailure, PyMongoError

from domain.store.core import deadlines
from domain.store.core.database import Document, database_name
from domain.store.core.restores import is_unfinished, was_restored

_LOOK_MS = 5_000
"""How long to look for a server that answers."""


class DatabaseUnusable(Exception):  # noqa: N818 - read as a sentence: it is shown as it is
    """The database doesn't answer, refuses us, or can't do what we need. The message says which."""


def check_usable(uri: str, *, unfinished: bool = False, timeout_ms: int = _LOOK_MS) -> None:
    """Check that the database answers and can do what the program needs of it.

    Args:
        uri: A MongoDB connection string; its path names the database.
        unfinished: Whether it may be one into which a backup was restored only in part.
        timeout_ms: How long to look for a server.

    Raises:
        DatabaseUnusable: It doesn't answer, refuses us, is no replica set, or is not whole.
    """
    with open_client(uri, timeout_ms=timeout_ms) as client:
        database = client[database_name(uri)]
        client.admin.command("ping")
        database.list_collection_names()  # ping needs no rights; this does
        _require_replica_set(client)
        if not unfinished and is_unfinished(database):
            raise DatabaseUnusable(
                "a restore into it was interrupted, so that it is not whole: "
                "repeat `just restore FILE`, which empties it and starts again"
            )


def holds_backup(uri: str) -> bool:
    """Say whether what the database holds came from a backup."""
    with open_client(uri) as client:
        return was_restored(client[database_name(uri)])


@contextmanager
def open_client(uri: str, *, timeout_ms: int = _LOOK_MS) -> Iterator[MongoClient[Document]]:
    """Open a client; whatever the driver makes of a bad address or server becomes one sentence.

    Raises:
        DatabaseUnusable: With that sentence.
    """
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
