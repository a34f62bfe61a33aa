"""Saving the site: a form's part of it at a time, each in one transaction with its entry."""

from collections.abc import Sequence
from contextlib import suppress
from enum import StrEnum

from motor.motor_asyncio import AsyncIOMotorClientSession
from pymongo.errors import DuplicateKeyError

from domain.rules.log import NewEntry
from domain.store.core.database import Database, Document
from domain.store.core.transactions import all_or_nothing, expect_one
from domain.store.documents.site import PublishedText, Site, SiteLogo, untouched_site
from domain.store.log.writing import note


class Section(StrEnum):
    """What is saved together, by the field that counts its changes."""

    FACE = "face_rev"
    FIELDS = "fields_rev"
    TEXTS = "texts_rev"


async def save(
    database: Database,
    site: Site,
    section: Section,
    fields: Document,
    *,
    act: NewEntry,
    texts: Sequence[PublishedText] = (),
) -> bool:
    """Save a part of the site, unless that part has changed since it was read.

    Args:
        database: Where the site is.
        site: As read.
        section: Which of them.
        fields: What is to be so from now on, by the names of the document's fields.
        act: What the log says of it.
        texts: Versions of legal pages that begin with it.

    Returns:
        False when nothing was changed.

    Raises:
        Refusal: BUSY.
    """
    await _ensure(database)
    as_read = {"only": True, section.value: getattr(site, section.value)}
    changed = {"$set": fields, "$inc": {"rev": 1, section.value: 1}}

    async def work(session: AsyncIOMotorClientSession) -> None:
        sites = database.collection(Site)
        expect_one(await sites.update_one(as_read, changed, session=session))
        for text in texts:
            published = database.collection(PublishedText)
            await published.insert_one(text.model_dump_doc(), session=session)
        await note(database, session, act)

    return await all_or_nothing(database, work, now=act.at)


async def put_logo(database: Database, logo: SiteLogo | None, act: NewEntry) -> None:
    """Keep a logo in place of the former one, or none.

    Raises:
        Refusal: BUSY.
    """
    await _ensure(database)
    shown = {"$set": {"logo": logo.digest if logo else ""}, "$inc": {"rev": 1}}

    async def work(session: AsyncIOMotorClientSession) -> None:
        expect_one(
            await database.collection(Site).update_one({"only": True}, shown, session=session)
        )
        logos = database.collection(SiteLogo)
        await logos.delete_many({"only": True}, session=session)
        if logo is not None:
            await logos.insert_one(logo.model_dump_doc(), session=session)
        await note(database, session, act)

    await all_or_nothing(database, work, now=act.at)


async def _ensure(database: Database) -> None:
    """See to it that there is a site to be changed; a new one says what holds without any."""
    untouched = untouched_site().model_dump_doc()
    with suppress(DuplicateKeyError):  # another process was first
        await database.writing(Site).update_one(
            {"only": True}, {"$setOnInsert": untouched}, upsert=True
        )
