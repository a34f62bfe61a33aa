"""What wants attention, counted. Each count goes by an index, and no further than it has to."""

from datetime import datetime, timedelta

from pymongo import ASCENDING

from domain.rules.slots import SlotState
from domain.store.core.database import Database, Document, Key
from domain.store.documents import Expert, Slot
from domain.store.documents.absences import Replacement, ReplacementState
from domain.store.documents.mails import Mail, MailState
from domain.store.documents.profiles import ExpertStatus

MOST = 1_000
"""Where a count stops: more is as bad."""
MAIL_LATE_AFTER = timedelta(minutes=15)
_LATELY = timedelta(days=7)


async def applications(database: Database) -> int:
    """Count who waits for approval."""
    return await _count(database, Expert, {"status": ExpertStatus.PENDING.value})


async def conflicts(database: Database, now: datetime) -> int:
    """Count the sessions to come that no longer fit their experts' hours."""
    return await _count(database, Slot, _outside_hours(now))


async def bookings_outside_hours(database: Database, now: datetime) -> list[Key]:
    """Return the keys of their bookings, the next first; no more than are counted."""
    found = database.collection(Slot).find(_outside_hours(now), {"booking_id": True})
    ordered = found.sort("starts_at", ASCENDING).limit(MOST)
    return [slot.get("booking_id") async for slot in ordered]


def _outside_hours(now: datetime) -> Document:
    return {"retiring": True, "starts_at": {"$gt": now}, "state": SlotState.BOOKED.value}


async def unanswered(database: Database, now: datetime) -> int:
    """Count the attendees who have yet to answer what an absence asks them."""
    query = {"state": ReplacementState.ASKED.value, "starts_at": {"$gt": now}}
    return await _count(database, Replacement, query)


async def lost_mails(database: Database, now: datetime) -> int:
    """Count the mails of the last week that were given up, or of which it is not known."""
    states = [MailState.FAILED.value, MailState.UNSURE.value]
    query = {"state": {"$in": states}, "due_at": {"$gt": now - _LATELY}}
    return await _count(database, Mail, query)


async def late_mails(database: Database, now: datetime) -> int:
    """Count the mails that should be under way for a while."""
    late = {"$lt": now - MAIL_LATE_AFTER}
    return await _count(database, Mail, {"state": MailState.WAITING.value, "due_at": late})


async def _count(
    database: Database, model: type[Expert | Slot | Replacement | Mail], query: Document
) -> int:
    return await database.collection(model).count_documents(query, limit=MOST)
