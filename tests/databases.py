"""Databases for tests: migrated once, and emptied for the next test."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pymongo import MongoClient
from pymongo.database import Database

from domain.store.core.database import database_name
from domain.store.core.migrate import migrate
from tests.addresses import database_at
from tests.servers import drop

_MIGRATIONS = "pymongo_migrate"

Shape = dict[str, Any]
"""The options and the indexes of each collection."""


class Databases:
    """Those of one server. To migrate one takes longer than most tests."""

    def __init__(self, server_uri: str) -> None:
        self._server_uri = server_uri
        self._client = MongoClient[dict[str, Any]](server_uri)
        self._empty: list[tuple[str, Shape]] = []

    @contextmanager
    def one(self) -> Iterator[str]:
        """Lend an empty database by its address; one whose shape was changed is not lent again."""
        uri, shape = self._empty.pop() if self._empty else self._new()
        yield uri
        database = self._client[database_name(uri)]
        if shape.items() <= _shape(database).items():
            _clear(database)
            self._empty.append((uri, shape))
        else:
            drop(uri)

    def drop(self) -> None:
        """Remove those that are not lent at present."""
        while self._empty:
            drop(self._empty.pop()[0])
        self._client.close()

    def _new(self) -> tuple[str, Shape]:
        name = f"test_{secrets.token_hex(6)}"
        uri = database_at(self._server_uri, name)
        migrate(uri)
        return uri, _shape(self._client[name])


def _shape(database: Database[dict[str, Any]]) -> Shape:
    return {
        found["name"]: (found["options"], database[found["name"]].index_information())
        for found in database.list_collections()
    }


def _clear(database: Database[dict[str, Any]]) -> None:
    for name in database.list_collection_names():
        if name != _MIGRATIONS:
            database[name].delete_many({})
