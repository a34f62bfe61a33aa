"""Administrators: look-ups, and the writes that make one and unmake one."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from pymongo import UpdateOne

from domain.rules.instants import EPOCH
from domain.rules.log import NewEntry
from domain.store.core.database import Database, Document, Key
from domain.store.documents.administrators import Administrator
from domain.store.log import acting


async def of_addresses(database: Database, addresses: Collection[str]) -> list[Administrator]:
    """Return the administrators, present and former, who have one of some addresses."""
    query = {"address": {"$in": list(addresses)}}
    return await database.engine.find(Administrator, query, sort=Administrator.address)


async def find_many(database: Database, keys: Sequence[Key]) -> dict[Key, Administrator]:
    """Return administrators, present and former, by their keys; one who is gone is left out."""
    found = await database.engine.find(Administrator, {"_id": {"$in": list(keys)}})
    return {one.id: one for one in found}


async def everyone(database: Database) -> list[Administrator]:
    """Return all administrators, present and former, by their addresses."""
    return await database.engine.find(Administrator, sort=Administrator.address)


async def make_known(database: Database, addresses: Iterable[str], *, now: datetime) -> None:
    """Have a document for each address, so that it has a key; a new one is no administrator yet."""
    new = {"added_at": now, "signed_out_at": EPOCH, "removed_at": now}
    seen = [
        UpdateOne({"address": address}, {"$setOnInsert": new}, upsert=True) for address in addresses
    ]
    if seen:
        await database.writing(Administrator).bulk_write(seen, ordered=False)


async def forget(database: Database, administrator: Administrator) -> None:
    """Delete an administrator who was neither added nor removed since they were read."""
    as_read = {"_id": administrator.id, "removed_at": administrator.removed_at}
    await database.writing(Administrator).delete_one(as_read)


async def change(
    database: Database, administrator: Administrator, fields: Document, act: NewEntry
) -> bool:
    """Change an administrator who was neither added nor removed since they were read; log the act.

    Returns:
        False when nothing was changed.

    Raises:
        Refusal: BUSY.
    """
    as_read = {"_id": administrator.id, "removed_at": administrator.removed_at}
    return await acting.update(database, Administrator, as_read, {"$set": fields}, act)
