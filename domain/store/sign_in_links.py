"""Sign-in links: what was asked for, and spending one."""

from datetime import datetime

from domain.store.database import Database
from domain.store.documents import SignInLink


async def insert(database: Database, link: SignInLink) -> None:
    """Keep a new link."""
    await database.collection(SignInLink).insert_one(link.model_dump_doc())


async def find(database: Database, key: str) -> SignInLink | None:
    """Return a link by its key, spent or not."""
    return await database.engine.find_one(SignInLink, {"key": key})


async def count_of_address(database: Database, address: str, *, since: datetime) -> int:
    """Count the links asked for an address since an instant."""
    return await database.collection(SignInLink).count_documents(
        {"address": address, "created_at": {"$gt": since}}
    )


async def count_of_source(database: Database, source: str, *, since: datetime) -> int:
    """Count the links that one source asked for since an instant."""
    return await database.collection(SignInLink).count_documents(
        {"source": source, "created_at": {"$gt": since}}
    )


async def spend(database: Database, key: str, visitor_id: str, *, now: datetime) -> bool:
    """Use a link up; only the first to do so before it expires succeeds."""
    result = await database.collection(SignInLink).update_one(
        {"key": key, "used_at": None, "expires_at": {"$gt": now}},
        {"$set": {"used_at": now, "used_by": visitor_id}},
    )
    return result.modified_count == 1
