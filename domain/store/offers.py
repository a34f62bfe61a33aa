"""Offers: a time that comes free goes to the first in line, else to everybody.

Whatever frees a slot does it by `free`, within its own transaction: between what had the slot and
whoever is offered it, nobody else can take it.
"""

from datetime import datetime

from motor.motor_asyncio import AsyncIOMotorClientSession
from odmantic.query import asc

from domain.notices import Kind
from domain.slots import SlotState, offer_deadline
from domain.store import outbox
from domain.store.database import Database, Document, Key
from domain.store.documents import Slot
from domain.store.slots import opened, transition
from domain.store.transactions import GuardLost, all_or_nothing, expect_one
from domain.store.waits import Wait, WaitState

_IN_ORDER = (asc(Wait.joined_at), asc(Wait.id))


async def free(
    database: Database, guard: Document, *, now: datetime, session: AsyncIOMotorClientSession
) -> None:
    """Free the slot that a guard matches: offer it to the first in line, else open it.

    Raises:
        GuardLost: It matches none.
    """
    slot = await database.engine.find_one(Slot, guard, session=session)
    if slot is None:
        raise GuardLost
    await _pass_on(database, slot, now, session)


async def give_back(database: Database, slot_id: Key, guard: Document, *, now: datetime) -> bool:
    """Free a slot that is still as a guard says, with nothing else to change along with it.

    Where nobody is in line one conditional write does it, and leaves a slot that changed alone.

    Returns:
        False when nothing was changed.

    Raises:
        Refusal: BUSY.
    """
    own = {"_id": slot_id, **guard}
    slot = await database.engine.find_one(Slot, own)
    if slot is None:
        return False
    if await _first_in_line(database, slot, now) is None:
        result = await database.collection(Slot).update_one(own, opened(now))
        return result.modified_count == 1

    async def work(session: AsyncIOMotorClientSession) -> None:
        await free(database, own, now=now, session=session)

    return await all_or_nothing(database, work, turn=slot.expert_id)


async def publish(database: Database, document: Document, *, now: datetime) -> bool:
    """Add an open slot, given as a document, that goes to the first in line at once.

    Returns:
        False when nothing was changed: the expert has a slot at that start.

    Raises:
        Refusal: BUSY.
    """

    async def work(session: AsyncIOMotorClientSession) -> None:
        await database.collection(Slot).insert_one(document, session=session)
        await free(database, {"_id": document["_id"]}, now=now, session=session)

    return await all_or_nothing(database, work, turn=document["expert_id"])


async def end(database: Database, wait: Wait, *, now: datetime) -> bool:
    """End a place in line that holds an offer, and free what it was offered for the next.

    Of all who try at once, one succeeds.

    Returns:
        False when nothing was changed: the offer had ended, or became a booking.

    Raises:
        Refusal: BUSY.
    """
    mine = {"_id": wait.id, "state": WaitState.OFFERED.value}
    offered = {"_id": wait.slot_id, "state": SlotState.OFFERED.value}

    async def work(session: AsyncIOMotorClientSession) -> None:
        await _leave(database, mine, session)
        slot = await database.engine.find_one(Slot, offered, session=session)
        if slot is not None:  # it may have been withdrawn meanwhile
            await _pass_on(database, slot, now, session)

    return await all_or_nothing(database, work, turn=wait.expert_id)


async def take_over(database: Database, wait: Wait, visitor_id: str, *, now: datetime) -> bool:
    """Hold what a place in line was offered for another browser of whoever has its link.

    Returns:
        False when nothing was changed: the offer has ended.

    Raises:
        Refusal: BUSY.
    """
    live = {"_id": wait.id, "state": WaitState.OFFERED.value, "offered_until": {"$gt": now}}
    offered = {"_id": wait.slot_id, "state": SlotState.OFFERED.value}

    async def work(session: AsyncIOMotorClientSession) -> None:
        waits, slots = database.collection(Wait), database.collection(Slot)
        mine = {"$set": {"visitor_id": visitor_id}}
        expect_one(await waits.update_one(live, mine, session=session))
        moved = transition(now, held_by=visitor_id)
        expect_one(await slots.update_one(offered, moved, session=session))

    return wait.visitor_id == visitor_id or await all_or_nothing(database, work)


async def spend(database: Database, slot_id: Key, session: AsyncIOMotorClientSession) -> None:
    """End the place in line whose offer becomes a booking.

    Raises:
        GuardLost: The slot was offered to nobody.
    """
    await _leave(database, {"state": WaitState.OFFERED.value, "slot_id": slot_id}, session)


async def _leave(database: Database, guard: Document, session: AsyncIOMotorClientSession) -> None:
    result = await database.collection(Wait).delete_one(guard, session=session)
    if result.deleted_count != 1:
        raise GuardLost


async def _pass_on(
    database: Database, slot: Slot, now: datetime, session: AsyncIOMotorClientSession
) -> None:
    wait = await _first_in_line(database, slot, now, session)
    if wait is None:
        update = opened(now)
    else:
        await _offer(database, wait, slot, now, session)
        update = _offered_to(wait, slot, now)
    as_read = {"_id": slot.id, "rev": slot.rev}
    slots = database.collection(Slot)
    expect_one(await slots.update_one(as_read, update, session=session))


async def _first_in_line(
    database: Database,
    slot: Slot,
    now: datetime,
    session: AsyncIOMotorClientSession | None = None,
) -> Wait | None:
    """Return whose turn it is; nobody's while the slot cannot be held by its expert's terms."""
    if not slot.opens_at <= now < slot.closes_at:
        return None
    query = {
        "expert_id": slot.expert_id,
        "state": WaitState.WAITING.value,
        "starts_at": {"$lte": slot.starts_at},
        "ends_at": {"$gt": slot.starts_at},
    }
    return await database.engine.find_one(Wait, query, sort=_IN_ORDER, session=session)


async def _offer(
    database: Database, wait: Wait, slot: Slot, now: datetime, session: AsyncIOMotorClientSession
) -> None:
    waits = database.collection(Wait)
    waiting = {"_id": wait.id, "state": WaitState.WAITING.value}
    offer = {
        "state": WaitState.OFFERED.value,
        "slot_id": slot.id,
        "offered_until": offer_deadline(slot, now),
    }
    expect_one(await waits.update_one(waiting, {"$set": offer}, session=session))
    await waits.delete_many(_other_places(wait), session=session)
    await outbox.tell_of_wait(database, wait, Kind.OFFER, now=now, session=session)


def _other_places(wait: Wait) -> Document:
    """Match the places that the same address has in the same line from other browsers."""
    return {
        "expert_id": wait.expert_id,
        "address": wait.address,
        "starts_at": wait.starts_at,
        "ends_at": wait.ends_at,
        "_id": {"$ne": wait.id},
        "state": WaitState.WAITING.value,
    }


def _offered_to(wait: Wait, slot: Slot, now: datetime) -> Document:
    return transition(
        now,
        state=SlotState.OFFERED.value,
        held_by=wait.visitor_id,
        held_since=now,
        held_until=offer_deadline(slot, now),
        booking_id=None,
    )
