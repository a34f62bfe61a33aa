"""Holding a slot: take it, and release it."""

from datetime import datetime, timedelta

from domain.booking.hold_limits import UNCOUNTED, NetworkHolds
from domain.discovery import catalogue
from domain.rules import slots as rules
from domain.rules.errors import Code, Refusal
from domain.store.bookings import holds as store
from domain.store.core.database import Database, Key
from domain.store.documents import Slot
from domain.store.memory.directory import Directory
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
    directory: Directory | None = None,
    counted_by: NetworkHolds = UNCOUNTED,
) -> Slot:
    """Hold a free slot for a visitor and give up the visitor's older holds.

    Holding a slot again changes nothing.

    Args:
        database: Where the slot is.
        slot_id: Which slot.
        visitor_id: Who holds it.
        now: The present instant.
        hold_for: How long it is held.
        directory: Who knows whether its expert is listed; None: it doesn't matter. What decides
            comes later: the booking's own transaction.
        counted_by: What counts the hold, and allows it.

    Raises:
        Refusal: TOO_MANY_HOLDS; SLOT_UNKNOWN; SLOT_TAKEN, if somebody else has it or it has closed;
            EXPERT_UNKNOWN, if its expert is not listed; BUSY.
    """
    slot = await slot_to_claim(database, slot_id)
    return await hold_slot(
        database,
        slot,
        visitor_id,
        now=now,
        hold_for=hold_for,
        directory=directory,
        counted_by=counted_by,
    )


async def hold_slot(
    database: Database,
    slot: Slot,
    visitor_id: str,
    *,
    now: datetime,
    hold_for: timedelta,
    full_too: bool = False,
    directory: Directory | None = None,
    counted_by: NetworkHolds,
) -> Slot:
    """Hold a slot that was just read, and give up the visitor's older holds.

    Args:
        database: Where the slot is.
        slot: Which slot.
        visitor_id: Who holds it.
        now: The present instant.
        hold_for: How long it is held.
        full_too: Whether its day may be full, for a booking that stays on it.
        directory: Who knows whether its expert is listed; None: it doesn't matter.
        counted_by: What counts the hold, and allows it.

    Raises:
        Refusal: TOO_MANY_HOLDS; SLOT_TAKEN; EXPERT_UNKNOWN; BUSY.
    """
    counted_by.check(visitor_id, now)
    if not is_held(slot, visitor_id, now, full_too=full_too):
        if not rules.is_free(slot, now, full_too=full_too):  # who comes late costs no write
            raise Refusal(Code.SLOT_TAKEN)
        if directory and not await catalogue.is_listed(directory, slot.expert_id):
            raise Refusal(Code.EXPERT_UNKNOWN)
        slot = await take(database, slot, visitor_id, now=now, hold_for=hold_for, full_too=full_too)
        await store.release_older(database, visitor_id, but=slot.id, now=now)
    counted_by.note(visitor_id, slot.id, slot.held_until)
    return slot


def is_held(slot: Slot, visitor_id: str, now: datetime, *, full_too: bool = False) -> bool:
    """Say whether a visitor holds a slot live, and may book it.

    What they hold on a full day is for a booking of theirs that is on it already.
    """
    may_book = rules.may_book(slot, visitor_id, now, full_too=full_too)
    return may_book and rules.is_held_by(slot, visitor_id, now)


async def take(
    database: Database,
    slot: Slot,
    visitor_id: str,
    *,
    now: datetime,
    hold_for: timedelta,
    full_too: bool = False,
) -> Slot:
    """Hold a slot by the one conditional write that decides.

    If its hold has lapsed, the waitlist comes first.

    Returns:
        The slot as the visitor holds it: HELD, or OFFERED if that came first.

    Raises:
        Refusal: SLOT_TAKEN, if this visitor does not hold it afterwards; BUSY.
    """
    if slot.state is rules.SlotState.HELD:
        await store.announce(database, slot.id, now=now)
    until = rules.hold_deadline(slot, now, hold_for)
    held = await slots.hold(database, slot.id, visitor_id, now=now, until=until, full_too=full_too)
    if held is not None:
        return held
    current = await slots.find(database, slot.id)
    if current is None or not is_held(current, visitor_id, now, full_too=full_too):
        raise Refusal(Code.SLOT_TAKEN)
    return current


async def release(
    database: Database,
    slot_id: Key,
    visitor_id: str,
    *,
    now: datetime,
    counted_by: NetworkHolds = UNCOUNTED,
) -> Slot:
    """Give up a hold or decline an offer. Without either, nothing changes.

    Returns:
        The slot as it is now: withdrawn, if it was to retire.

    Raises:
        Refusal: SLOT_UNKNOWN; BUSY.
    """
    if not await store.release(database, slot_id, visitor_id, now=now):
        entry = await waitlist.offered(database, slot_id)
        if entry is not None and entry.visitor_id == visitor_id:
            await offers.end(database, entry, now=now)
    slot = await slots.find(database, slot_id)
    if slot is None:
        raise Refusal(Code.SLOT_UNKNOWN)
    counted_by.forget(visitor_id, slot_id)
    return slot
