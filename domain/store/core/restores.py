"""Restores: the mark that one was begun in a database, there until all of it has arrived.

It is the first write of a restore and the last, so that a database with an open one is not whole,
and holds nothing that did not come from a backup.
"""

from datetime import datetime

from pymongo.database import Database as PyMongoDatabase

from domain.store.core.database import Document

RESTORES = "restores"
_LAST = "last"


def is_unfinished(database: PyMongoDatabase[Document]) -> bool:
    """Say whether a restore was begun in a database, and not finished."""
    return database[RESTORES].find_one({"_id": _LAST, "done_at": None}) is not None


def was_restored(database: PyMongoDatabase[Document]) -> bool:
    """Say whether what a database holds began with a backup."""
    return database[RESTORES].find_one({"_id": _LAST}) is not None


def note_begin(database: PyMongoDatabase[Document], now: datetime) -> None:
    """Note that a restore begins."""
    begun = {"begun_at": now, "done_at": None}
    database[RESTORES].replace_one({"_id": _LAST}, begun, upsert=True)


def note_end(database: PyMongoDatabase[Document], now: datetime) -> None:
    """Note that all of it is there."""
    database[RESTORES].update_one({"_id": _LAST}, {"$set": {"done_at": now}})
