"""Mornings: until when each expert's mail with the sessions of the day waits."""

from datetime import datetime

from domain.rules.instants import NEVER
from domain.rules.log import NewEntry
from domain.store.core.database import Database, Key
from domain.store.documents import Expert
from domain.store.log import acting

_AT_ONCE = 100


async def switch_on(database: Database, expert_id: Key, due_at: datetime, act: NewEntry) -> None:
    """Have an expert's mail wait for its first morning, unless it waits already.

    Raises:
        Refusal: BUSY.
    """
    off = {"_id": expert_id, "morning_mail_at": NEVER}
    await acting.update(database, Expert, off, {"$set": {"morning_mail_at": due_at}}, act)


async def switch_off(database: Database, expert_id: Key, act: NewEntry) -> None:
    """Let no mail wait for an expert.

    Raises:
        Refusal: BUSY.
    """
    on = {"_id": expert_id, "morning_mail_at": {"$lt": NEVER}}
    await acting.update(database, Expert, on, {"$set": {"morning_mail_at": NEVER}}, act)


async def wait_anew(database: Database, expert_id: Key, due_at: datetime) -> None:
    """Have an expert's mail wait for another morning; one that is off stays so."""
    on = {"_id": expert_id, "morning_mail_at": {"$lt": NEVER}}
    await database.writing(Expert).update_one(on, {"$set": {"morning_mail_at": due_at}})


async def due(database: Database, now: datetime) -> list[Expert]:
    """Return some of the experts whose morning has come, those who wait longest first."""
    waiting = {"morning_mail_at": {"$lte": now}}
    return await database.engine.find(Expert, waiting, sort=Expert.morning_mail_at, limit=_AT_ONCE)


async def wait_until(database: Database, expert: Expert, due_at: datetime) -> None:
    """Have an expert's mail wait for its next morning, unless it was changed since it was read."""
    as_read = {"_id": expert.id, "morning_mail_at": expert.morning_mail_at}
    await database.writing(Expert).update_one(as_read, {"$set": {"morning_mail_at": due_at}})
