"""Holding a time: take it, keep it longer, give it up."""

from datetime import datetime, timedelta

from domain import slots as rules
from domain.errors import Code, Refusal
from domain.store import holds as store
from domain.store import offers, slots, waitlist
from domain.store.database import Database, Key
from domain.store.documents import Slot


async def slot_to_claim(database: Database, slot_id: Key) -> Slot:
    """Return a slot that was published.

    Raises:
        Refusal: SLOT_UNKNOWN, when there is none or it was withdrawn.
    """
    slot = await slots.find(database, slot_id)
    if slot is None or slot.state == rules.SlotState.WITHDRAWN:
        raise Refusal(Code.SLOT_UNKNOWN)
    return slot


async def hold(
    database: Database,
    slot_id: Key,
    visitor_id: str,
    *,
    now: datetime,
    hold_for: timedelta,
) -> Slot:
    """Hold a free slot for a visitor and give up the visitor's older holds.

    Holding again what one holds already changes nothing.

    Raises:
        Refusal: SLOT_UNKNOWN; SLOT_TAKEN, when somebody else has it or it has closed; BUSY.
    """
    slot = await slot_to_claim(database, slot_id)
    if rules.is_held_by(slot, visitor_id, now):
        return slot
    if not rules.is_free(slot, now):  # so that whoever comes late to a crowd costs no write
        raise Refusal(Code.SLOT_TAKEN)
    await take(database, slot, visitor_id, now=now, hold_for=hold_for)
    await store.release_older(database, visitor_id, but=slot.id, now=now)
    return await slot_to_claim(database, slot_id)


async def take(
    database: Database, slot: Slot, visitor_id: str, *, now: datetime, hold_for: timedelta
) -> rules.SlotState:
    """Hold a slot by the one conditional write that decides.

    Where it was held and that has lapsed, whoever is in line comes first.

    Returns:
        How the visitor holds it: HELD, or OFFERED where that came first.

    Raises:
        Refusal: SLOT_TAKEN, when this visitor does not hold it afterwards; BUSY.
    """
    if slot.state is rules.SlotState.HELD:
        await store.announce(database, slot.id, now=now)
    until = rules.hold_deadline(slot, now, hold_for)
    if await slots.hold(database, slot.id, visitor_id, now=now, until=until):
        return rules.SlotState.HELD
    current = await slots.find(database, slot.id)
    if current is None or not rules.is_held_by(current, visitor_id, now):
        raise Refusal(Code.SLOT_TAKEN)
    return current.state


async def extend(
    database: Database,
    slot_id: Key,
    visitor_id: str,
    *,
    now: datetime,
    hold_for: timedelta,
) -> Slot:
    """Keep a live hold for another `hold_for`.

    Raises:
        Refusal: SLOT_UNKNOWN; HOLD_GONE, when the visitor has no live hold of it; HOLD_SPENT, when
            it was extended ten times or would pass the slot's start.
    """
    slot = await slot_to_claim(database, slot_id)
    if not rules.is_held_by(slot, visitor_id, now):
        raise Refusal(Code.HOLD_GONE)
    until = rules.extended_deadline(slot, hold_for)
    if until is None:
        raise Refusal(Code.HOLD_SPENT)
    await slots.move_deadline(database, slot, now=now, until=until)
    current = await slot_to_claim(database, slot_id)
    if not rules.is_held_by(current, visitor_id, now):
        raise Refusal(Code.HOLD_GONE)
    return current


async def leave(
    database: Database, slot_id: Key, visitor_id: str, *, rev: int, now: datetime
) -> bool:
    """Let a hold lapse in a moment, since the page that kept it was left; say whether it does.

    Args:
        database: Where the slot is.
        slot_id: Which slot.
        visitor_id: Whose hold.
        rev: The slot's as that page has shown it. Where it is another by now, another page has
            taken the hold up, and nothing is changed. Nor is an offer, which goes by no page.
        now: The present instant.

    Raises:
        Refusal: SLOT_UNKNOWN.
    """
    slot = await slot_to_claim(database, slot_id)
    if slot.rev != rev or not rules.is_held_by(slot, visitor_id, now):
        return False
    until = min(slot.held_until, now + rules.LEAVING)
    return await slots.move_deadline(database, slot, now=now, until=until)


async def resume(
    database: Database,
    slot_id: Key,
    visitor_id: str,
    *,
    now: datetime,
    hold_for: timedelta,
) -> Slot:
    """Keep a live hold, since its page is open again; where there is none nothing is changed.

    Raises:
        Refusal: SLOT_UNKNOWN.
    """
    slot = await slot_to_claim(database, slot_id)
    while rules.is_held_by(slot, visitor_id, now):
        until = rules.resumed_deadline(slot, now, hold_for)
        if until <= slot.held_until:
            break
        await slots.move_deadline(database, slot, now=now, until=until)
        slot = await slot_to_claim(database, slot_id)  # another page may just have been left
    return slot


async def release(database: Database, slot_id: Key, visitor_id: str, *, now: datetime) -> Slot:
    """Give up a hold or decline an offer; giving up what one does not hold changes nothing.

    Raises:
        Refusal: SLOT_UNKNOWN; BUSY.
    """
    if not await store.release(database, slot_id, visitor_id, now=now):
        wait = await waitlist.offered(database, slot_id)
        if wait is not None and wait.visitor_id == visitor_id:
            await offers.end(database, wait, now=now)
    return await slot_to_claim(database, slot_id)
