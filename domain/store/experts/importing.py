"""Importing: experts who are added or changed by a row of a sheet, each in one transaction."""

import secrets
from collections.abc import Collection, Mapping
from typing import Any

from motor.motor_asyncio import AsyncIOMotorClientSession

from domain.rules.log import NewEntry
from domain.rules.notices import Kind
from domain.store.core.database import Database, Document
from domain.store.core.transactions import all_or_nothing, expect_one
from domain.store.documents import Expert
from domain.store.documents.mails import Mail
from domain.store.documents.profiles import UNPROVEN
from domain.store.experts.applying import approval_of
from domain.store.experts.publishing import SLOTS_COME_FROM, UNPLANNED
from domain.store.log.writing import note
from domain.store.mail import outbox

_UNPROVEN = [status.value for status in sorted(UNPROVEN)]
_SLUG, _SLUGS = ("slug",), ("slugs",)
_PLANNED_BY = {*SLOTS_COME_FROM, "zone", "currency"}


async def named(
    database: Database, *, slugs: Collection[str], addresses: Collection[str]
) -> list[Expert]:
    """Return the experts who have, or had, one of some slugs or addresses.

    Those who have yet to prove their address are not among them.
    """
    proven = {"$nin": _UNPROVEN}
    found: dict[Any, Expert] = {}
    for field, values in (("slugs", slugs), ("address", addresses)):
        query = {field: {"$in": [*{*values} - {""}]}, "status": proven}
        found |= {one.id: one for one in await database.engine.find(Expert, query)}
    return [*found.values()]


async def add(database: Database, added: Expert, act: NewEntry) -> bool:
    """Add an expert, tell them if they are listed, and log it: all of it, or nothing.

    Returns:
        False when nothing was changed: somebody else has, or had, the slug.

    Raises:
        Refusal: BUSY.
    """

    async def work(session: AsyncIOMotorClientSession) -> None:
        experts = database.collection(Expert)
        await experts.insert_one(added.model_dump_doc(), session=session)
        if added.listed:
            mail = approval_of(added.id, act.at)
            await database.collection(Mail).insert_one(mail.model_dump_doc(), session=session)
        await note(database, session, act)

    return await all_or_nothing(database, work, now=act.at, once_by={_SLUG, _SLUGS})


async def change(
    database: Database, expert: Expert, fields: Mapping[str, object], act: NewEntry
) -> bool:
    """Change fields of an expert, tell them of what they must know, and log it: all, or nothing.

    They hear that they are listed, and that they have another address: there, and where they had
    their mail before.

    Args:
        database: Where the expert is.
        expert: As read.
        fields: What is to be so from now on.
        act: For the log.

    Returns:
        False when nothing was changed: the expert has changed since they were read.

    Raises:
        Refusal: BUSY.
    """
    changed = expert.model_copy(update=dict(fields))
    mails = _mails_of(expert, changed, act)

    async def work(session: AsyncIOMotorClientSession) -> None:
        experts = database.collection(Expert)
        update = _update(changed, fields)
        expect_one(await experts.update_one(_as_read(expert), update, session=session))
        if mails:
            told = [mail.model_dump_doc() for mail in mails]
            await database.collection(Mail).insert_many(told, session=session)
        await note(database, session, act)

    return await all_or_nothing(database, work, now=act.at, turn=expert.id)


def _mails_of(before: Expert, after: Expert, act: NewEntry) -> list[Mail]:
    """Return what an expert hears of a change."""
    mails = [approval_of(before.id, act.at)] if after.listed and not before.listed else []
    if after.address != before.address:
        key = f"{Kind.ADDRESS_CHANGE}:{before.id}:{secrets.token_urlsafe(9)}"
        mails += [
            outbox.mail_to_expert(
                before.id, Kind.ADDRESS_CHANGE, f"{key}:{n}", act.at, to=expert.email
            )
            for n, expert in enumerate((before, after))
        ]
    return mails


def _as_read(expert: Expert) -> Document:
    fields = ("profile_rev", "plan_rev", "status", "email", "stands_in", "rating")
    document = expert.model_dump_doc()
    return {"_id": expert.id, **{name: document[name] for name in fields}}


def _update(changed: Expert, fields: Collection[str]) -> Document:
    """Return the update to a changed expert, who is due to be planned where slots come from it."""
    document = changed.model_dump_doc()
    update = {name: document[name] for name in fields}
    raised = {"profile_rev": 1}
    if _PLANNED_BY & {*fields}:
        update |= UNPLANNED
        raised["plan_rev"] = 1
    return {"$set": update, "$inc": raised}
