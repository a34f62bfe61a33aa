"""Databases for tests: migrated once, and emptied for the next test."""

import secrets
from collections.abc import Collection, Iterator
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
"""The options of each collection, and how many indexes they have in all, beside their keys'."""


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
    found = {one["name"]: one.get("options", {}) for one in database.list_collections()}
    of_keys = len(found)
    return {**found, "indexes": database.command("dbStats")["indexes"] - of_keys}


def _clear(database: Database[dict[str, Any]]) -> None:
    names = {*database.list_collection_names()} - {_MIGRATIONS}
    for name in _filled(database, names):
        database[name].delete_many({})


def _filled(database: Database[dict[str, Any]], names: Collection[str]) -> list[str]:
    """Return which of these collections have documents, by one question: few tests fill many."""
    nothing: dict[str, Any] = {"$match": {"$expr": False}}
    one_of_each = [
        {
            "$unionWith": {
                "coll": name,
                "pipeline": [{"$limit": 1}, {"$project": {"_id": 0, "name": {"$literal": name}}}],
            }
        }
        for name in names
    ]
    found = database[_MIGRATIONS].aggregate([nothing, *one_of_each])
    return [one["name"] for one in found]
