"""The line: whose turn it is, being offered a time, and leaving. Steps of others' transactions."""

from datetime import datetime

from motor.motor_asyncio import AsyncIOMotorClientSession
from odmantic.query import asc

from domain.rules.notices import Kind
from domain.rules.slots import offer_deadline
from domain.store.core.database import Database, Document
from domain.store.core.transactions import GuardLost, expect_one
from domain.store.documents import Slot
from domain.store.documents.waits import Wait, WaitState
from domain.store.mail import outbox

_IN_ORDER = (asc(Wait.joined_at), asc(Wait.id))


async def first(
    database: Database,
    slot: Slot,
    *,
    booked_by: str | None = None,
    now: datetime,
    session: AsyncIOMotorClientSession | None = None,
) -> Wait | None:
    """Return whose turn it is; nobody's while the slot cannot be held by its expert's terms.

    The browser that has just given the slot up does not want it: it waits on for another one.

    Args:
        database: Where the line is.
        slot: What comes free, as it was until now.
        booked_by: The browser that had it booked, if one had: a slot does not say.
        now: The present instant.
        session: The transaction that this is a part of, if any.
    """
    if not slot.opens_at <= now < slot.closes_at:
        return None
    query = {
        "expert_id": slot.expert_id,
        "state": WaitState.WAITING.value,
        "starts_at": {"$lte": slot.starts_at},
        "ends_at": {"$gt": slot.starts_at},
        "visitor_id": {"$ne": slot.held_by or booked_by},
    }
    return await database.engine.find_one(Wait, query, sort=_IN_ORDER, session=session)


async def others_of_address(
    database: Database, wait: Wait, session: AsyncIOMotorClientSession
) -> list[Wait]:
    """Return the other places that a place's address has in lines that overlap its own."""
    query = {**overlapping(wait), "address": wait.address, "_id": {"$ne": wait.id}}
    return await database.engine.find(Wait, query, session=session)


def overlapping(wait: Wait) -> Document:
    """Match places in lines of the same expert that have an instant in common with a place's."""
    return {
        "expert_id": wait.expert_id,
        "starts_at": {"$lt": wait.ends_at},
        "ends_at": {"$gt": wait.starts_at},
    }


async def offer(
    database: Database,
    wait: Wait,
    slot: Slot,
    *,
    now: datetime,
    session: AsyncIOMotorClientSession,
) -> None:
    """Note on a place in line what it is offered, and have its address told.

    Raises:
        GuardLost: It waits no longer.
    """
    waiting = {"_id": wait.id, "state": WaitState.WAITING.value}
    turn = {
        "state": WaitState.OFFERED.value,
        "slot_id": slot.id,
        "offered_until": offer_deadline(slot, now),
    }
    waits = database.collection(Wait)
    expect_one(await waits.update_one(waiting, {"$set": turn}, session=session))
    await outbox.tell_of_wait(database, wait, Kind.OFFER, now=now, session=session)


async def leave(database: Database, guard: Document, session: AsyncIOMotorClientSession) -> None:
    """End the one place in line that a guard matches.

    Raises:
        GuardLost: It matches none.
    """
    result = await database.collection(Wait).delete_one(guard, session=session)
    if result.deleted_count != 1:
        raise GuardLost
