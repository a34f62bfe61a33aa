"""Acts: a change and its entry in the log, both or neither."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import datetime

from motor.motor_asyncio import AsyncIOMotorClientSession
from odmantic import Model

from domain.rules.log import Json, NewEntry, changes_between
from domain.store.core.database import Database, Document
from domain.store.core.transactions import Fields, GuardLost, all_or_nothing, expect_one
from domain.store.log.writing import note

ActOf = Callable[[Document], NewEntry | None]
"""Says by a document as it was what a change of it is; None if it changes nothing."""


async def update(
    database: Database,
    model: type[Model],
    guard: Document,
    update: Document,
    act: NewEntry | None,
) -> bool:
    """Update the one document that a guard lets through, and log the act, if there is one.

    Returns:
        False when nothing was changed.

    Raises:
        Refusal: BUSY.
    """
    if act is None:
        result = await database.writing(model).update_one(guard, update)
        return result.modified_count == 1

    async def work(session: AsyncIOMotorClientSession) -> None:
        expect_one(await database.collection(model).update_one(guard, update, session=session))
        await note(database, session, act)

    return await all_or_nothing(database, work, now=act.at)


async def change(
    database: Database,
    model: type[Model],
    guard: Document,
    update: Document,
    act_of: ActOf,
    *,
    now: datetime,
    once_by: Collection[Fields] = (),
) -> bool:
    """Update a document by what it was before; where that changes something, log the act.

    Args:
        database: Where the document is.
        model: What it is.
        guard: Lets one document through, or none.
        update: What to change of it.
        act_of: What that is.
        now: The present instant.
        once_by: As for `all_or_nothing`.

    Returns:
        False when the guard let nothing through, or it is there already by an index of `once_by`.

    Raises:
        Refusal: BUSY.
    """

    async def work(session: AsyncIOMotorClientSession) -> None:
        documents = database.collection(model)
        found = await documents.find_one(guard, session=session)
        if found is None:
            raise GuardLost
        act = act_of(found)
        if act is None:
            return
        same = {**guard, "_id": found["_id"]}
        expect_one(await documents.update_one(same, update, session=session))
        await note(database, session, act)

    return await all_or_nothing(database, work, now=now, once_by=once_by)


async def set_fields(
    database: Database,
    model: type[Model],
    guard: Document,
    fields: Mapping[str, Json],
    act: NewEntry,
    *,
    personal: Collection[str] = (),
) -> bool:
    """Set fields of a document, and log which of them are others than before.

    Returns:
        False when the guard let nothing through.

    Raises:
        Refusal: BUSY.
    """
    act_of = where_other(act, fields, personal=personal)
    return await change(database, model, guard, {"$set": fields}, act_of, now=act.at)


def where_other(
    act: NewEntry, fields: Mapping[str, Json], *, personal: Collection[str] = ()
) -> ActOf:
    """Return what tells which of these fields an act changes; nothing where it changes none."""

    def act_of(found: Document) -> NewEntry | None:
        changes = changes_between(found, fields, personal=personal)
        return replace(act, changes=changes) if changes else None

    return act_of


async def log_alone(database: Database, act: NewEntry) -> None:
    """Log an act that changes nothing else.

    Raises:
        Refusal: BUSY.
    """

    async def work(session: AsyncIOMotorClientSession) -> None:
        await note(database, session, act)

    await all_or_nothing(database, work, now=act.at)
