"""Sign-outs on all devices: when an address had its last one."""

from collections.abc import Collection
from datetime import datetime

from domain.store.core.database import Database
from domain.store.documents.sign_outs import SignOut


async def note(database: Database, address: str, *, now: datetime, until: datetime) -> None:
    """Keep that an address signed out at `now`; a later sign-out is not undone by an earlier."""
    latest = {"$max": {"at": now, "kept_until": until}}
    await database.writing(SignOut).update_one({"address": address}, latest, upsert=True)


async def of_addresses(database: Database, addresses: Collection[str]) -> list[SignOut]:
    """Return the last sign-outs of some addresses, of those that had one."""
    return await database.engine.find(SignOut, {"address": {"$in": list(addresses)}})


async def everyones(database: Database) -> list[SignOut]:
    """Return all that are kept, by address."""
    return await database.engine.find(SignOut, sort=SignOut.address)


async def forget(database: Database, addresses: Collection[str]) -> None:
    """Delete those of some addresses."""
    await database.writing(SignOut).delete_many({"address": {"$in": list(addresses)}})
