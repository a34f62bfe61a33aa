"""Applying: experts before anybody has approved them, and what administrators make of them."""

import secrets
from dataclasses import replace
from datetime import datetime

from motor.motor_asyncio import AsyncIOMotorClientSession
from odmantic import ObjectId
from pymongo.errors import DuplicateKeyError

from domain.rules.log import FieldChange, NewEntry
from domain.rules.notices import Kind
from domain.store.core.database import Database, Key
from domain.store.core.transactions import GuardLost, all_or_nothing, expect_one
from domain.store.documents import Expert
from domain.store.documents.mails import Mail
from domain.store.documents.profiles import GONE, UNPROVEN, ExpertStatus
from domain.store.log import acting
from domain.store.log import writing as log
from domain.store.mail import outbox

_UNPROVEN = [status.value for status in sorted(UNPROVEN)]
_NOT_LISTED = [ExpertStatus.PENDING.value, ExpertStatus.PAUSED.value]
_GONE = [status.value for status in sorted(GONE)]


async def insert_draft(database: Database, draft: Expert) -> None:
    """Keep an application; earlier ones of its address that were not proven give way to it."""
    experts = database.writing(Expert)
    earlier = {"address": draft.address, "status": ExpertStatus.DRAFT.value}
    await experts.delete_many(earlier)
    await experts.insert_one(draft.model_dump_doc())


async def prove(database: Database, expert_id: Key, slug: str) -> bool:
    """Have an expert wait for approval, by the name that their page will have.

    Returns:
        False when somebody else has, or had, the name. Who has proven their address already stays
        as they are.
    """
    proven = {"status": ExpertStatus.PENDING.value, "slug": slug, "slugs": [slug]}
    draft = {"_id": expert_id, "status": {"$in": _UNPROVEN}}
    try:
        await database.writing(Expert).update_one(draft, {"$set": proven})
    except DuplicateKeyError:
        return False
    return True


async def list_expert(database: Database, expert: Expert, act: NewEntry) -> bool:
    """List an expert, put the mail that tells them so into the outbox, and log it: all or nothing.

    Returns:
        False when nothing was changed: they were listed already.

    Raises:
        Refusal: BUSY.
    """
    unlisted = {"_id": expert.id, "status": {"$in": _NOT_LISTED}}
    mail = approval_of(expert.id, act.at)

    async def work(session: AsyncIOMotorClientSession) -> None:
        experts, mails = database.collection(Expert), database.collection(Mail)
        found = await experts.find_one(unlisted, ["status"], session=session)
        if found is None:
            raise GuardLost
        listed = {"$set": {"status": ExpertStatus.LISTED.value, "listed": True}}
        expect_one(await experts.update_one(unlisted, listed, session=session))
        await mails.insert_one(mail.model_dump_doc(), session=session)
        changes = [FieldChange("status", found["status"], ExpertStatus.LISTED.value)]
        await log.note(database, session, replace(act, changes=changes))

    return await all_or_nothing(database, work, now=act.at)


def approval_of(expert_id: ObjectId, now: datetime) -> Mail:
    """Return the mail that tells an expert that people find them."""
    key = f"{Kind.APPROVAL}:{expert_id}:{secrets.token_urlsafe(9)}"
    return outbox.mail_to_expert(expert_id, Kind.APPROVAL, key, now)


async def pause(database: Database, expert_id: Key, act: NewEntry) -> None:
    """List an expert no longer; one who was removed stays so.

    Raises:
        Refusal: BUSY.
    """
    paused = {"status": ExpertStatus.PAUSED.value}
    unlisted = {"$set": {**paused, "listed": False}}
    can_be = {"_id": expert_id, "status": {"$nin": _GONE}}
    act_of = acting.where_other(act, paused)
    await acting.change(database, Expert, can_be, unlisted, act_of, now=act.at)


async def not_listed(database: Database) -> list[Expert]:
    """Return who waits for approval and who is paused, in the order in which they applied."""
    query = {"status": {"$in": _NOT_LISTED}}
    found = await database.engine.find(Expert, query, sort=(Expert.status, Expert.applied_at))
    return sorted(found, key=lambda expert: expert.status is ExpertStatus.PAUSED)


async def forget_unproven(database: Database, status: ExpertStatus, before: datetime) -> int:
    """Delete experts of a status who applied, or were invited, before an instant; return how many.

    It is for those whose address is not proven.
    """
    query = {"status": status.value, "applied_at": {"$lt": before}}
    result = await database.writing(Expert).delete_many(query)
    return result.deleted_count
