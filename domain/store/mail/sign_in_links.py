"""Sign-in links: what was asked for, and spending one."""

from datetime import datetime

from domain.store.core.database import Database
from domain.store.documents import SignInLink


async def insert(database: Database, link: SignInLink) -> None:
    """Keep a new link."""
    await database.writing(SignInLink).insert_one(link.model_dump_doc())


async def find(database: Database, key: str) -> SignInLink | None:
    """Return a link by its key, spent or not."""
    return await database.engine.find_one(SignInLink, {"key": key})


async def spend(database: Database, key: str, visitor_id: str, *, now: datetime) -> bool:
    """Use a link up; only the first to do so before it expires succeeds."""
    result = await database.writing(SignInLink).update_one(
        {"key": key, "used_at": None, "expires_at": {"$gt": now}},
        {"$set": {"used_at": now, "used_by": visitor_id}},
    )
    return result.modified_count == 1
