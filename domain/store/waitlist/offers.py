"""Offers: a time that comes free goes to the first in line, else to everybody.

Whatever frees a slot does it by `free`, within its own transaction: between what had the slot and
whoever is offered it, nobody else can take it.
"""

from collections.abc import Sequence
from datetime import datetime

from motor.motor_asyncio import AsyncIOMotorClientSession

from domain.rules.slots import SlotState, offer_deadline
from domain.store.core.database import Database, Document, Key
from domain.store.core.transactions import GuardLost, all_or_nothing, expect_one
from domain.store.documents import Slot
from domain.store.documents.waits import Wait, WaitState
from domain.store.slots import fullness
from domain.store.slots.claiming import change, freed, transition
from domain.store.waitlist import line


async def free(
    database: Database,
    guard: Document,
    *,
    booked_by: str | None = None,
    now: datetime,
    session: AsyncIOMotorClientSession,
) -> None:
    """Free the slot that a guard matches: offer it to the first in line, else open it.

    One that is retiring is withdrawn instead.

    Args:
        database: Where the slot is.
        guard: What it is.
        booked_by: The browser that had it booked, if one had: what held it stands in the slot.
        now: The present instant.
        session: The transaction that this is a part of.

    Raises:
        GuardLost: It matches none.
    """
    slot = await database.engine.find_one(Slot, guard, session=session)
    if slot is None:
        raise GuardLost
    await _pass_on(database, slot, now, session, booked_by=booked_by)


async def give_back(database: Database, slot_id: Key, guard: Document, *, now: datetime) -> bool:
    """Free a held slot that is still as a guard says, with nothing else to change along with it.

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
    if slot.retiring or await line.first(database, slot, now=now) is None:
        as_read = {**own, "retiring": slot.retiring}
        if await change(database, as_read, freed(now, retiring=slot.retiring), now=now):
            return True
        marked = {**own, "retiring": not slot.retiring}  # by a plan, meanwhile
        return await change(database, marked, freed(now, retiring=not slot.retiring), now=now)

    async def work(session: AsyncIOMotorClientSession) -> None:
        await free(database, own, now=now, session=session)

    return await all_or_nothing(database, work, now=now, turn=slot.expert_id)


async def end(database: Database, wait: Wait, *, now: datetime) -> bool:
    """End a place in line that holds an offer, and free what it was offered for the next.

    Of all who try at once, one succeeds.

    Returns:
        False when nothing was changed: the offer had ended, or became a booking.

    Raises:
        Refusal: BUSY.
    """
    offered = {"_id": wait.id, "state": WaitState.OFFERED.value}

    async def work(session: AsyncIOMotorClientSession) -> None:
        place = await _place(database, offered, session)
        await _end(database, [place], now, session)

    return await all_or_nothing(database, work, now=now, turn=wait.expert_id)


async def take_over(database: Database, wait: Wait, visitor_id: str, *, now: datetime) -> bool:
    """Hold what a place in line was offered for the browser in which its mailed link was used.

    That proves the address: its other places in that line end, and what they were offered goes on.

    Returns:
        False when nothing was changed: the offer has ended.

    Raises:
        Refusal: BUSY.
    """
    live = {"_id": wait.id, "state": WaitState.OFFERED.value, "offered_until": {"$gt": now}}

    async def work(session: AsyncIOMotorClientSession) -> None:
        place = await _place(database, live, session)
        others = await line.others_of_address(database, place, session)
        await _end(database, others, now, session)
        slots = database.collection(Slot)
        kept = transition(now, held_by=visitor_id)
        still = {**_offered_to(place), **database.clock.in_time(now)}
        expect_one(await slots.update_one(still, kept, session=session))
        if place.visitor_id != visitor_id:
            mine = {"$set": {"visitor_id": visitor_id}}
            expect_one(await database.collection(Wait).update_one(live, mine, session=session))

    return await all_or_nothing(database, work, now=now, turn=wait.expert_id)


async def spend(database: Database, slot_id: Key, session: AsyncIOMotorClientSession) -> None:
    """End the place in line whose offer becomes a booking.

    Raises:
        GuardLost: The slot was offered to nobody.
    """
    await line.leave(database, {"state": WaitState.OFFERED.value, "slot_id": slot_id}, session)


async def _place(database: Database, guard: Document, session: AsyncIOMotorClientSession) -> Wait:
    place = await database.engine.find_one(Wait, guard, session=session)
    if place is None:
        raise GuardLost
    return place


async def _end(
    database: Database, places: Sequence[Wait], now: datetime, session: AsyncIOMotorClientSession
) -> None:
    """End places in line, then pass on what they were offered: none of them is the next."""
    for place in places:
        await line.leave(database, {"_id": place.id, "state": place.state.value}, session)
    for place in places:
        if place.state is WaitState.OFFERED:
            slot = await database.engine.find_one(Slot, _offered_to(place), session=session)
            if slot is not None:  # it may have been withdrawn meanwhile
                await _pass_on(database, slot, now, session)


def _offered_to(place: Wait) -> Document:
    """Match the slot that is kept for a place in line, as long as it is kept for that very one."""
    return {
        "_id": place.slot_id,
        "state": SlotState.OFFERED.value,
        "held_by": place.visitor_id,
        "held_until": place.offered_until,
    }


async def _pass_on(
    database: Database,
    slot: Slot,
    now: datetime,
    session: AsyncIOMotorClientSession,
    *,
    booked_by: str | None = None,
) -> None:
    limits = await fullness.limits_within(database, slot.expert_id, session)
    wait = None
    if not slot.retiring and await fullness.has_room_for(database, slot, limits, session):
        wait = await line.first(database, slot, booked_by=booked_by, now=now, session=session)
    if wait is None:
        update = freed(now, retiring=slot.retiring)
    else:
        await line.offer(database, wait, slot, now=now, session=session)
        update = _kept_for(wait, slot, now)
    as_read = {
        "_id": slot.id,
        "rev": slot.rev,
        "retiring": slot.retiring,
        **database.clock.in_time(now),
    }
    slots = database.collection(Slot)
    expect_one(await slots.update_one(as_read, update, session=session))
    await fullness.recount(
        database, slot.expert_id, [slot.starts_at], limits=limits, now=now, session=session
    )


def _kept_for(wait: Wait, slot: Slot, now: datetime) -> Document:
    return transition(
        now,
        state=SlotState.OFFERED.value,
        held_by=wait.visitor_id,
        held_since=now,
        held_until=offer_deadline(slot, now),
        booking_id=None,
    )
