"""Applying: experts before anybody has approved them, and what administrators make of them."""

from datetime import datetime

from pymongo.errors import DuplicateKeyError

from domain.store.core.database import Database, Key
from domain.store.documents import Expert
from domain.store.documents.profiles import ExpertStatus

_NOT_LISTED = [ExpertStatus.PENDING.value, ExpertStatus.PAUSED.value]


async def insert_draft(database: Database, draft: Expert) -> None:
    """Keep an application; earlier ones of its address that were not proven give way to it."""
    experts = database.writing(Expert)
    earlier = {"address": draft.address, "status": ExpertStatus.DRAFT.value}
    await experts.delete_many(earlier)
    await experts.insert_one(draft.model_dump_doc())


async def prove(database: Database, expert_id: Key, slug: str) -> bool:
    """Have an application wait for approval, by the name that its page will have.

    Returns:
        False when somebody else has, or had, the name. What is no draft any more stays as it is.
    """
    proven = {"status": ExpertStatus.PENDING.value, "slug": slug, "slugs": [slug]}
    draft = {"_id": expert_id, "status": ExpertStatus.DRAFT.value}
    try:
        await database.writing(Expert).update_one(draft, {"$set": proven})
    except DuplicateKeyError:
        return False
    return True


async def set_status(database: Database, slug: str, status: ExpertStatus) -> Key | None:
    """List an expert, or list them no longer; return their key.

    Returns:
        None where no expert has this name who has proven the address.
    """
    proven = {"slugs": slug, "status": {"$ne": ExpertStatus.DRAFT.value}}
    change = {"status": status.value, "listed": status is ExpertStatus.LISTED}
    found = await database.writing(Expert).find_one_and_update(
        proven, {"$set": change}, projection={"_id": True}
    )
    return found["_id"] if found else None


async def not_listed(database: Database) -> list[Expert]:
    """Return who waits for approval and who is paused, in the order in which they applied."""
    query = {"status": {"$in": _NOT_LISTED}}
    found = await database.engine.find(Expert, query, sort=(Expert.status, Expert.applied_at))
    return sorted(found, key=lambda expert: expert.status is ExpertStatus.PAUSED)


async def forget_unproven(database: Database, before: datetime) -> int:
    """Delete unproven applications from before an instant; return how many."""
    query = {"status": ExpertStatus.DRAFT.value, "applied_at": {"$lt": before}}
    result = await database.writing(Expert).delete_many(query)
    return result.deleted_count
