"""Inviting: experts whom an administrator has asked, and the links that they were mailed."""

from motor.motor_asyncio import AsyncIOMotorClientSession

from domain.rules.log import NewEntry
from domain.rules.notices import Kind
from domain.store.core.database import Database, Document
from domain.store.core.transactions import all_or_nothing, expect_one
from domain.store.documents import Expert, LinkPurpose, SignInLink
from domain.store.documents.mails import Mail
from domain.store.documents.profiles import ExpertStatus
from domain.store.log.writing import note
from domain.store.mail import outbox


async def invited_at(database: Database, address: str) -> Expert | None:
    """Return who was invited by an address and has not come yet."""
    query = {"address": address, "status": ExpertStatus.INVITED.value}
    return await database.engine.find_one(Expert, query)


async def invite(
    database: Database, invited: Expert, link: SignInLink, act: NewEntry, *, again: bool
) -> bool:
    """Keep an invitation with its link, mail it and log it: all of it, or nothing.

    Args:
        database: Where experts are kept.
        invited: The expert to be.
        link: What proves their address; a former one no longer does.
        act: For the log.
        again: Whether they were invited before, and have not come yet.

    Returns:
        False when nothing was changed: they have come meanwhile, or were taken off the list.

    Raises:
        Refusal: BUSY.
    """
    key = f"{Kind.INVITATION}:{link.key}"
    mail = outbox.mail_to_expert(invited.id, Kind.INVITATION, key, act.at)
    document = invited.model_dump_doc()

    async def work(session: AsyncIOMotorClientSession) -> None:
        experts, links = database.collection(Expert), database.collection(SignInLink)
        if again:
            waits = {"_id": invited.id, "status": ExpertStatus.INVITED.value}
            expect_one(await experts.update_one(waits, {"$set": document}, session=session))
        else:
            await experts.insert_one(document, session=session)
        await links.delete_many(_of(invited), session=session)
        await links.insert_one(link.model_dump_doc(), session=session)
        await database.collection(Mail).insert_one(mail.model_dump_doc(), session=session)
        await note(database, session, act)

    return await all_or_nothing(database, work, now=act.at)


async def link_of(database: Database, invited: Expert) -> SignInLink | None:
    """Return the link that somebody was last invited by."""
    return await database.engine.find_one(SignInLink, _of(invited))


def _of(invited: Expert) -> Document:
    return {
        "address": invited.address,
        "purpose": LinkPurpose.INVITATION.value,
        "expert_id": invited.id,
    }
