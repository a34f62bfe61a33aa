"""Holding a time: take it, keep it longer, give it up."""

from datetime import datetime, timedelta

from domain.rules import slots as rules
from domain.rules.errors import Code, Refusal
from domain.store.bookings import holds as store
from domain.store.core.database import Database, Key
from domain.store.documents import Slot
from domain.store.experts import reading as experts
from domain.store.slots import claiming as slots
from domain.store.waitlist import entries as waitlist
from domain.store.waitlist import offers


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
    moves: bool = False,
) -> Slot:
    """Hold a free slot for a visitor and give up the visitor's older holds.

    Holding again what one holds already changes nothing.

    Args:
        database: Where the slot is.
        slot_id: Which slot.
        visitor_id: Who is to hold it.
        now: The present instant.
        hold_for: How long it is held.
        moves: Whether a booking of its expert's is to move there, listed or not.

    Raises:
        Refusal: SLOT_UNKNOWN; SLOT_TAKEN, when somebody else has it or it has closed;
            EXPERT_UNKNOWN, when its expert is not listed; BUSY.
    """
    slot = await slot_to_claim(database, slot_id)
    if rules.is_held_by(slot, visitor_id, now):
        return slot
    if not rules.is_free(slot, now):  # so that whoever comes late to a crowd costs no write
        raise Refusal(Code.SLOT_TAKEN)
    await take(database, slot, visitor_id, now=now, hold_for=hold_for)
    if not moves and not await experts.is_listed(database, slot.expert_id):
        await release(database, slot_id, visitor_id, now=now)
        raise Refusal(Code.EXPERT_UNKNOWN)
    await store.release_older(database, visitor_id, but=slot.id, now=now)
    return await slot_to_claim(database, slot_id)


async def take(
    database: Database,
    slot: Slot,
    visitor_id: str,
    *,
    now: datetime,
    hold_for: timedelta,
    full_too: bool = False,
) -> rules.SlotState:
    """Hold a slot by the one conditional write that decides.

    Where it was held and that has lapsed, the waitlist comes first. Only for a booking that
    is moved within a day may that day be full.

    Returns:
        How the visitor holds it: HELD, or OFFERED where that came first.

    Raises:
        Refusal: SLOT_TAKEN, when this visitor does not hold it afterwards; BUSY.
    """
    if slot.state is rules.SlotState.HELD:
        await store.announce(database, slot.id, now=now)
    until = rules.hold_deadline(slot, now, hold_for)
    if await slots.hold(database, slot.id, visitor_id, now=now, until=until, full_too=full_too):
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
    database: Database,
    slot_id: Key,
    visitor_id: str,
    *,
    rev: int,
    now: datetime,
    leaving: timedelta,
) -> bool:
    """Let a hold lapse in a moment, since the page that kept it was left; say whether it does.

    Args:
        database: Where the slot is.
        slot_id: Which slot.
        visitor_id: Whose hold.
        rev: The slot's as that page has shown it. Where it is another by now, another page has
            taken the hold up, and nothing is changed. Nor is an offer, which goes by no page.
        now: The present instant.
        leaving: How long the hold outlives the page; loaded again by then, it takes the hold up.

    Raises:
        Refusal: SLOT_UNKNOWN.
    """
    slot = await slot_to_claim(database, slot_id)
    if slot.rev != rev or not rules.is_held_by(slot, visitor_id, now):
        return False
    until = min(slot.held_until, now + leaving)
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

    The slot's `rev` changes even if the deadline stays: the page that was left before can no longer
    shorten the hold, however late it says so.

    Raises:
        Refusal: SLOT_UNKNOWN.
    """
    slot = await slot_to_claim(database, slot_id)
    while rules.is_held_by(slot, visitor_id, now):
        until = rules.resumed_deadline(slot, now, hold_for)
        if until is None:
            break
        is_kept = await slots.move_deadline(database, slot, now=now, until=until)
        slot = await slot_to_claim(database, slot_id)
        if is_kept:
            break
    return slot


async def release(database: Database, slot_id: Key, visitor_id: str, *, now: datetime) -> Slot:
    """Give up a hold or decline an offer; giving up what one does not hold changes nothing.

    Returns:
        The slot as it is now: withdrawn, where it was to retire.

    Raises:
        Refusal: SLOT_UNKNOWN; BUSY.
    """
    if not await store.release(database, slot_id, visitor_id, now=now):
        wait = await waitlist.offered(database, slot_id)
        if wait is not None and wait.visitor_id == visitor_id:
            await offers.end(database, wait, now=now)
    slot = await slots.find(database, slot_id)
    if slot is None:
        raise Refusal(Code.SLOT_UNKNOWN)
    return slot
