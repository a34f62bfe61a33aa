"""Absences: declared, looked up, revoked, forgotten; `domain.desk.absences` does what follows."""

from datetime import datetime

from motor.motor_asyncio import AsyncIOMotorClientSession
from odmantic import ObjectId
from odmantic.query import desc

from domain.rules.log import NewEntry
from domain.store.core.database import Database, Key
from domain.store.core.transactions import all_or_nothing, expect_one
from domain.store.documents.absences import Absence, AbsenceState, Replacement, ReplacementState
from domain.store.log import acting
from domain.store.log import writing as log

_LIST_LIMIT = 100
_ONCE_BY = {("_id",), ("expert_id", "first_on", "last_on")}
_UNFINISHED = [AbsenceState.DECLARING.value, AbsenceState.REVOKING.value]


async def declare(database: Database, absence: Absence, act: NewEntry) -> Absence:
    """Store a new absence and log it, or return the expert's live one of the same days.

    Raises:
        Refusal: BUSY.
    """

    async def work(session: AsyncIOMotorClientSession) -> None:
        absences = database.collection(Absence)
        await absences.insert_one(absence.model_dump_doc(), session=session)
        await log.note(database, session, act)

    if await all_or_nothing(database, work, now=act.at, once_by=_ONCE_BY):
        return absence
    same = {"first_on": absence.first_on, "last_on": absence.last_on, "is_live": True}
    query = {"expert_id": absence.expert_id, **same}
    return await database.engine.find_one(Absence, query) or absence


async def find(database: Database, absence_id: Key) -> Absence | None:
    """Return one absence by key."""
    return await database.engine.find_one(Absence, {"_id": absence_id})


async def of_expert(database: Database, expert_id: Key) -> list[Absence]:
    """Return an expert's absences, revoked ones too, the newest first; at most 100."""
    query = {"expert_id": expert_id}
    order = desc(Absence.created_at)
    return await database.engine.find(Absence, query, sort=order, limit=_LIST_LIMIT)


async def live(database: Database, expert_id: Key) -> list[Absence]:
    """Return an expert's absences that were not revoked."""
    return await database.engine.find(Absence, {"expert_id": expert_id, "is_live": True})


async def unfinished(database: Database, *, limit: int) -> list[Absence]:
    """Return absences that are being declared or revoked."""
    query = {"state": {"$in": _UNFINISHED}}
    return await database.engine.find(Absence, query, limit=limit)


async def note(database: Database, absence: Absence, reached: AbsenceState) -> None:
    """Record how far an absence has come, unless its state changed since it was read."""
    as_read = {"_id": absence.id, "state": absence.state.value}
    await database.writing(Absence).update_one(as_read, {"$set": {"state": reached.value}})


async def revoke(database: Database, absence: Absence, act: NewEntry) -> None:
    """Revoke an absence, so that nobody else is asked; revoking twice is revoking once.

    Raises:
        Refusal: BUSY.
    """
    live = {"_id": absence.id, "is_live": True}
    revoked = {"is_live": False, "state": AbsenceState.REVOKING.value, "revoked_at": act.at}
    await acting.update(database, Absence, live, {"$set": revoked, "$inc": {"rev": 1}}, act)


async def stay_as(database: Database, absence: Absence, session: AsyncIOMotorClientSession) -> None:
    """Abort a transaction unless the absence is still live, or still revoked, as read.

    Raises:
        GuardLost: It was revoked since it was read.
    """
    same = {"_id": absence.id, "is_live": absence.is_live}
    absences = database.collection(Absence)
    expect_one(await absences.update_one(same, {"$inc": {"rev": 1}}, session=session))


async def reassign(database: Database, replacement: Replacement, absence: Absence) -> None:
    """Make another absence that covers the session the reason why its attendee was asked."""
    asked = {"_id": replacement.id, "state": ReplacementState.ASKED.value}
    update = {"$set": {"absence_id": ObjectId(absence.id), "kept_until": absence.kept_until}}
    await database.writing(Replacement).update_one(asked, update)


async def forget(database: Database, now: datetime) -> None:
    """Delete absences that are long over, and their replacements without offers."""
    over = {"kept_until": {"$lte": now}}
    await database.writing(Replacement).delete_many({**over, "offers": []})
    await database.writing(Absence).delete_many(over)
