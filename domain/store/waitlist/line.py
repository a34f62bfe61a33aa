"""The line: whose turn it is, being offered a time, and leaving. Steps of others' transactions."""

from datetime import datetime

from motor.motor_asyncio import AsyncIOMotorClientSession
from odmantic.query import asc, desc

from domain.rules.notices import Kind
from domain.rules.slots import MOST_UNPROVEN_OFFERS, offer_deadline
from domain.store.core.database import Database, Document
from domain.store.core.transactions import GuardLost, expect_one
from domain.store.documents import Slot
from domain.store.documents.waitlist import EntryState, WaitlistEntry
from domain.store.mail import outbox

_BY_TURN = (desc(WaitlistEntry.proven), asc(WaitlistEntry.joined_at), asc(WaitlistEntry.id))


async def first(
    database: Database,
    slot: Slot,
    *,
    booked_by: str | None = None,
    now: datetime,
    session: AsyncIOMotorClientSession | None = None,
) -> WaitlistEntry | None:
    """Return whose turn it is; nobody's while the slot cannot be held by its expert's terms.

    Entries with proven addresses come first, and each kind in the order in which they joined. The
    browser that has just given the slot up does not want it: it waits on for another one.

    Args:
        database: Where the line is.
        slot: What comes free, as it was until now.
        booked_by: The browser that had it booked, if one had: a slot does not say.
        now: The present instant.
        session: The transaction that this is a part of, if any.
    """
    if not slot.opens_at <= now < slot.closes_at:
        return None
    query: Document = {
        "expert_id": slot.expert_id,
        "state": EntryState.WAITING.value,
        "starts_at": {"$lte": slot.starts_at},
        "ends_at": {"$gt": slot.starts_at},
        "visitor_id": {"$ne": slot.held_by or booked_by},
    }
    if slot.unproven_offers >= MOST_UNPROVEN_OFFERS:
        query["proven"] = True
    return await database.engine.find_one(WaitlistEntry, query, sort=_BY_TURN, session=session)


async def others_of_address(
    database: Database, entry: WaitlistEntry, session: AsyncIOMotorClientSession
) -> list[WaitlistEntry]:
    """Return the other entries that an entry's address has in lines that overlap its own."""
    query = {**overlapping(entry), "address": entry.address, "_id": {"$ne": entry.id}}
    return await database.engine.find(WaitlistEntry, query, session=session)


def overlapping(entry: WaitlistEntry) -> Document:
    """Match entries of the same expert that have an instant in common with an entry's."""
    return {
        "expert_id": entry.expert_id,
        "starts_at": {"$lt": entry.ends_at},
        "ends_at": {"$gt": entry.starts_at},
    }


async def offer(
    database: Database,
    entry: WaitlistEntry,
    slot: Slot,
    *,
    now: datetime,
    session: AsyncIOMotorClientSession,
) -> None:
    """Note on an entry what it is offered, and have its address told.

    Raises:
        GuardLost: It waits no longer.
    """
    waiting = {"_id": entry.id, "state": EntryState.WAITING.value}
    turn = {
        "state": EntryState.OFFERED.value,
        "slot_id": slot.id,
        "offered_until": offer_deadline(slot, now),
    }
    entries = database.collection(WaitlistEntry)
    expect_one(await entries.update_one(waiting, {"$set": turn}, session=session))
    await outbox.tell_of_entry(database, entry, Kind.OFFER, now=now, session=session)


async def leave(database: Database, guard: Document, session: AsyncIOMotorClientSession) -> None:
    """End the one entry that a guard matches.

    Raises:
        GuardLost: It matches none.
    """
    result = await database.collection(WaitlistEntry).delete_one(guard, session=session)
    if result.deleted_count != 1:
        raise GuardLost
