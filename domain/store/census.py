"""The census: how much is on hold, and how late the work of the background is."""

from collections.abc import Collection
from datetime import datetime

from pymongo import ASCENDING

from domain.rules.instants import EPOCH
from domain.rules.notices import Kind
from domain.rules.slots import SlotState
from domain.store.core.database import Database
from domain.store.documents import Expert, Slot
from domain.store.documents.mails import Mail, MailState


async def live_holds(database: Database, now: datetime) -> int:
    """Count the times that somebody holds at `now`."""
    live = {"state": SlotState.HELD.value, "held_until": {"$gt": now}}
    return await database.collection(Slot).count_documents(live)


async def mails_due(database: Database, now: datetime) -> int:
    """Count the mails that are to go out by `now` and that no sender has taken yet."""
    due = {"state": MailState.WAITING.value, "due_at": {"$lte": now}}
    return await database.collection(Mail).count_documents(due)


async def oldest_mail_due(
    database: Database, kinds: Collection[Kind], now: datetime
) -> datetime | None:
    """Return since when the first of these mails waits for a sender; None if none does."""
    due = {
        "state": MailState.WAITING.value,
        "kind": {"$in": [kind.value for kind in kinds]},
        "due_at": {"$lte": now},
    }
    found = await database.collection(Mail).find_one(
        due, {"due_at": True}, sort=[("due_at", ASCENDING)]
    )
    return found["due_at"] if found else None


async def oldest_plan_due(database: Database, now: datetime) -> datetime | None:
    """Return since when the first expert waits to be planned; None if nobody does.

    One whose hours have just changed doesn't count: who changed them plans them at once.
    """
    due = {"has_hours": True, "plan_due_at": {"$gt": EPOCH, "$lte": now}}
    found = await database.collection(Expert).find_one(
        due, {"plan_due_at": True}, sort=[("plan_due_at", ASCENDING)]
    )
    return found["plan_due_at"] if found else None
