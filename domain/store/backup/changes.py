"""Changes: which documents a copy may have of another instant than the rest."""

import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from bson import ObjectId
from pymongo.change_stream import ChangeStream
from pymongo.database import Database as PyMongoDatabase

from domain.rules.instants import EPOCH
from domain.store.core.database import Document
from domain.store.core.migrate import LEASES
from domain.store.core.usable import DatabaseUnusable

_KINDS = ["insert", "update", "replace", "delete"]
_PIPELINE: list[Mapping[str, Any]] = [
    {"$match": {"operationType": {"$in": _KINDS}}},
    {"$project": {"ns": 1, "documentKey": 1}},
]
_WAIT_MS = 100
_LISTEN_EVERY_S = 1.0
"""Often enough to stay ahead of what the server forgets, seldom enough to cost nothing."""
_PATIENCE_S = 60.0


class Changes:
    """Collects the keys of whatever changes from the moment on at which it is made."""

    def __init__(self, stream: ChangeStream[Document], database: PyMongoDatabase[Document]) -> None:
        self._stream = stream
        self._marks = database[LEASES]
        self._listen_at = time.monotonic()
        self._last: Any = None
        self.keys: dict[str, set[Any]] = defaultdict(set)
        """By collection."""

    def beside(self, batches: Iterable[bytes]) -> Iterator[bytes]:
        """Yield batches, and listen between them."""
        for batch in batches:
            yield batch
            if time.monotonic() >= self._listen_at:
                while self._hear():
                    pass
                self._listen_at = time.monotonic() + _LISTEN_EVERY_S

    def hear_all(self) -> None:
        """Hear of every change that was made before this call: of a mark that is made now, too.

        Raises:
            DatabaseUnusable: The server does not tell of its changes.
        """
        mark = f"backup {ObjectId()}"
        deadline = time.monotonic() + _PATIENCE_S
        self._marks.insert_one({"_id": mark, "holder": "", "until": EPOCH})
        self._marks.delete_one({"_id": mark})
        while self._last != mark:
            if not self._hear() and time.monotonic() > deadline:
                raise DatabaseUnusable("it does not tell what changes meanwhile")

    def _hear(self) -> bool:
        """Take one change; False if there is none."""
        change = self._stream.try_next()
        if change is None:
            return False
        self._last = change["documentKey"]["_id"]
        self.keys[change["ns"]["coll"]].add(self._last)
        return True


@contextmanager
def changes_of(database: PyMongoDatabase[Document]) -> Iterator[Changes]:
    """Listen from now on."""
    with database.watch(_PIPELINE, max_await_time_ms=_WAIT_MS) as stream:
        yield Changes(stream, database)
