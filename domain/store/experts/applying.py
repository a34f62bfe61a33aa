"""Applying: experts before anybody has approved them, and what administrators make of them."""

import secrets
from datetime import datetime

from motor.motor_asyncio import AsyncIOMotorClientSession
from pymongo.errors import DuplicateKeyError

from domain.rules.notices import Kind
from domain.store.core.database import Database, Key
from domain.store.core.transactions import all_or_nothing, expect_one
from domain.store.documents import Expert
from domain.store.documents.mails import Mail
from domain.store.documents.profiles import ExpertStatus
from domain.store.mail import outbox

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


async def list_expert(database: Database, expert: Expert, *, now: datetime) -> bool:
    """List an expert, and put the mail that tells them so into the outbox: both, or neither.

    Returns:
        False when nothing was changed: they were listed already.

    Raises:
        Refusal: BUSY.
    """
    unlisted = {"_id": expert.id, "status": {"$in": _NOT_LISTED}}
    key = f"{Kind.APPROVAL}:{expert.id}:{secrets.token_urlsafe(9)}"
    mail = outbox.mail_to_expert(expert.id, Kind.APPROVAL, key, now)

    async def work(session: AsyncIOMotorClientSession) -> None:
        listed = {"$set": {"status": ExpertStatus.LISTED.value, "listed": True}}
        experts, mails = database.collection(Expert), database.collection(Mail)
        expect_one(await experts.update_one(unlisted, listed, session=session))
        await mails.insert_one(mail.model_dump_doc(), session=session)

    return await all_or_nothing(database, work, now=now)


async def pause(database: Database, expert_id: Key) -> None:
    """List an expert no longer."""
    paused = {"status": ExpertStatus.PAUSED.value, "listed": False}
    await database.writing(Expert).update_one({"_id": expert_id}, {"$set": paused})


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
