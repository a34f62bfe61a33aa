"""Backups as tests make and compare them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bson import encode
from pymongo import MongoClient

from domain.store.audit import Finding, audit
from domain.store.backup.archive import open_archive
from domain.store.backup.copying import OWN, PASSING, BackupMade, back_up
from domain.store.backup.restoring import restored
from domain.store.core.database import connect, database_name
from domain.store.core.migrate import LEASES
from web.http import clock

Contents = dict[str, list[bytes]]


def backed_up(uri: str, path: Path) -> BackupMade:
    """Back a database up."""
    return back_up(uri, path, clock=clock.now)


def restore(path: Path, uri: str) -> list[str]:
    """Restore a backup; return what was announced."""
    announced: list[str] = []
    with (
        open_archive(path) as archive,
        restored(uri, archive, clock=clock.now, announce=announced.append),
    ):
        pass
    return announced


def contents(uri: str) -> Contents:
    """Return every document that a backup has, in BSON: types and the order of fields count."""
    with MongoClient[dict[str, Any]](uri, tz_aware=True) as client:
        database = client[database_name(uri)]
        names = {*database.list_collection_names()} - OWN - PASSING
        found = {name: [*database[name].find(sort=[("_id", 1)])] for name in sorted(names)}
    return {name: [encode(one) for one in documents] for name, documents in found.items()}


def forget_leases(uri: str) -> None:
    """Have a killed process hold nothing any more: by itself that takes half a minute."""
    with MongoClient[dict[str, Any]](uri) as client:
        client[database_name(uri)][LEASES].delete_many({})


async def audited(uri: str) -> Sequence[Finding]:
    """Return what the audit finds in a database."""
    database = connect(uri)
    try:
        return await audit(database)
    finally:
        await database.close()
