"""Offers: a time that comes free goes to the first in line, else to everybody.

Whatever frees a slot does it by `free`, within its own transaction: between what had the slot and
whoever is offered it, nobody else can take it.
"""

from collections.abc import Sequence
from datetime import datetime

from motor.motor_asyncio import AsyncIOMotorClientSession

from domain.rules.limits import Limits
from domain.rules.slots import SlotState, offer_deadline
from domain.store.core.database import Database, Document, Key
from domain.store.core.transactions import GuardLost, all_or_nothing, expect_one
from domain.store.documents import Slot
from domain.store.documents.waitlist import EntryState, WaitlistEntry
from domain.store.slots import fullness
from domain.store.slots.claiming import change
from domain.store.slots.guards import freed, transition
from domain.store.waitlist import line


async def free(
    database: Database,
    guard: Document,
    *,
    booked_by: str | None = None,
    limits: Limits | None = None,
    now: datetime,
    session: AsyncIOMotorClientSession,
) -> None:
    """Free the slot that a guard matches: offer it to the first in line, else open it.

    One that is retiring is withdrawn instead.

    Args:
        database: Where the slot is.
        guard: What it is.
        booked_by: Visitor whose booking had it, or None.
        limits: The expert's, if the transaction has read them.
        now: The present instant.
        session: The transaction that this is a part of.

    Raises:
        GuardLost: It matches none.
    """
    slot = await database.engine.find_one(Slot, guard, session=session)
    if slot is None:
        raise GuardLost
    await _pass_on(database, slot, now, session, booked_by=booked_by, limits=limits)


async def give_back(database: Database, slot_id: Key, guard: Document, *, now: datetime) -> bool:
    """Free a held slot that is still as a guard says, with nothing else to change along with it.

    If nobody waits, one conditional write does it, and leaves a slot that changed alone.

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


async def end(database: Database, entry: WaitlistEntry, *, now: datetime) -> bool:
    """End an entry that holds an offer, and free what it was offered for the next.

    Of all who try at once, one succeeds.

    Returns:
        False when nothing was changed: the offer had ended, or became a booking.

    Raises:
        Refusal: BUSY.
    """
    offered = {"_id": entry.id, "state": EntryState.OFFERED.value}

    async def work(session: AsyncIOMotorClientSession) -> None:
        current = await _entry(database, offered, session)
        await _end(database, [current], now, session)

    return await all_or_nothing(database, work, now=now, turn=entry.expert_id)


async def take_over(
    database: Database, entry: WaitlistEntry, visitor_id: str, *, now: datetime
) -> bool:
    """Hold what an entry was offered for the browser in which its mailed link was used.

    That proves the address: its other entries in that line end, and what they were offered goes on.

    Returns:
        False when nothing was changed: the offer has ended.

    Raises:
        Refusal: BUSY.
    """
    live = {"_id": entry.id, "state": EntryState.OFFERED.value, "offered_until": {"$gt": now}}

    async def work(session: AsyncIOMotorClientSession) -> None:
        current = await _entry(database, live, session)
        others = await line.others_of_address(database, current, session)
        await _end(database, others, now, session)
        slots = database.collection(Slot)
        kept = transition(now, held_by=visitor_id)
        still = {**_offered_to(current), **database.clock.in_time(now)}
        expect_one(await slots.update_one(still, kept, session=session))
        if current.visitor_id != visitor_id:
            mine = {"$set": {"visitor_id": visitor_id}}
            expect_one(
                await database.collection(WaitlistEntry).update_one(live, mine, session=session)
            )

    return await all_or_nothing(database, work, now=now, turn=entry.expert_id)


async def spend(database: Database, slot_id: Key, session: AsyncIOMotorClientSession) -> None:
    """End the entry whose offer becomes a booking.

    Raises:
        GuardLost: The slot was offered to nobody.
    """
    await line.leave(database, {"state": EntryState.OFFERED.value, "slot_id": slot_id}, session)


async def _entry(
    database: Database, guard: Document, session: AsyncIOMotorClientSession
) -> WaitlistEntry:
    entry = await database.engine.find_one(WaitlistEntry, guard, session=session)
    if entry is None:
        raise GuardLost
    return entry


async def _end(
    database: Database,
    entries: Sequence[WaitlistEntry],
    now: datetime,
    session: AsyncIOMotorClientSession,
) -> None:
    """End entries, then pass on what they were offered: none of them is the next."""
    for entry in entries:
        await line.leave(database, {"_id": entry.id, "state": entry.state.value}, session)
    for entry in entries:
        if entry.state is EntryState.OFFERED:
            slot = await database.engine.find_one(Slot, _offered_to(entry), session=session)
            if slot is not None:  # it may have been withdrawn meanwhile
                await _pass_on(database, slot, now, session)


def _offered_to(entry: WaitlistEntry) -> Document:
    """Match the slot that is offered to a waitlist entry, while it is offered to that very one."""
    return {
        "_id": entry.slot_id,
        "state": SlotState.OFFERED.value,
        "held_by": entry.visitor_id,
        "held_until": entry.offered_until,
    }


async def _pass_on(
    database: Database,
    slot: Slot,
    now: datetime,
    session: AsyncIOMotorClientSession,
    *,
    booked_by: str | None = None,
    limits: Limits | None = None,
) -> None:
    limits = limits or await fullness.limits_within(database, slot.expert_id, session)
    entry = None
    if not slot.retiring and await fullness.has_room_for(database, slot, limits, session):
        entry = await line.first(database, slot, booked_by=booked_by, now=now, session=session)
    if entry is None:
        update = freed(now, retiring=slot.retiring)
    else:
        await line.offer(database, entry, slot, now=now, session=session)
        update = _kept_for(entry, slot, now)
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


def _kept_for(entry: WaitlistEntry, slot: Slot, now: datetime) -> Document:
    return transition(
        now,
        state=SlotState.OFFERED.value,
        held_by=entry.visitor_id,
        held_since=now,
        held_until=offer_deadline(slot, now),
        unproven_offers=slot.unproven_offers + (not entry.proven),
        booking_id=None,
    )
