"""The deadline of a hold: it is extended, shortened as its page is left, and resumed on return."""

from collections.abc import Callable
from datetime import datetime, timedelta

from domain.booking.hold_limits import UNCOUNTED, NetworkHolds
from domain.booking.holds import slot_to_claim, take
from domain.rules import slots as rules
from domain.rules.confirmations import link_deadline
from domain.rules.errors import Code, Refusal
from domain.store.core.database import Database, Key
from domain.store.documents import Slot
from domain.store.slots import claiming as slots


async def extend(
    database: Database,
    slot_id: Key,
    visitor_id: str,
    *,
    now: datetime,
    hold_for: timedelta,
    counted_by: NetworkHolds = UNCOUNTED,
) -> Slot:
    """Keep a live hold for another `hold_for`.

    Raises:
        Refusal: SLOT_UNKNOWN; HOLD_GONE, if the visitor has no live hold of it; HOLD_SPENT, if it
            was extended ten times or would pass the slot's start.
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
    counted_by.note(visitor_id, slot_id, current.held_until)
    return current


async def leave(
    database: Database,
    slot_id: Key,
    visitor_id: str,
    *,
    rev: int,
    now: datetime,
    leaving: timedelta,
    counted_by: NetworkHolds = UNCOUNTED,
) -> bool:
    """Let a hold lapse soon, since its page was left; say whether it does.

    Args:
        database: Where the slot is.
        slot_id: Which slot.
        visitor_id: Whose hold.
        rev: The slot's as that page showed it. If it is another by now, another page has resumed
            the hold, and nothing changes. Nor does an offer, which needs no page.
        now: The present instant.
        leaving: How long the hold outlives its page, which resumes it if loaded again by then.
        counted_by: What counts the hold.

    Raises:
        Refusal: SLOT_UNKNOWN.
    """
    slot = await slot_to_claim(database, slot_id)
    if slot.rev != rev or not rules.is_held_by(slot, visitor_id, now):
        return False
    until = min(slot.held_until, now + leaving)
    lapses = await slots.move_deadline(database, slot, now=now, until=until)
    if lapses:
        counted_by.forget(visitor_id, slot_id)
    return lapses


async def resume(
    database: Database,
    slot_id: Key,
    visitor_id: str,
    *,
    now: datetime,
    hold_for: timedelta,
    counted_by: NetworkHolds = UNCOUNTED,
) -> Slot:
    """Keep a live hold, since its page is open again. Without one, nothing changes.

    The slot's `rev` changes even if the deadline stays: the page that was left before can no longer
    shorten the hold, however late its message arrives.

    Raises:
        Refusal: SLOT_UNKNOWN.
    """
    slot = await slot_to_claim(database, slot_id)
    slot = await _keep(
        database,
        slot,
        visitor_id,
        lambda held: rules.resumed_deadline(held, now, hold_for),
        now=now,
    )
    if rules.is_held_by(slot, visitor_id, now):
        counted_by.note(visitor_id, slot_id, slot.held_until)
    return slot


async def keep_for_link(
    database: Database,
    slot: Slot,
    visitor_id: str,
    *,
    now: datetime,
    hold_for: timedelta,
    within: timedelta,
    counted_by: NetworkHolds = UNCOUNTED,
) -> Slot:
    """Keep what a visitor may book until they can have followed a mailed link.

    A hold that has lapsed is taken anew.

    Args:
        database: Where the slot is.
        slot: What to keep, as read.
        visitor_id: Whose hold.
        now: The present instant.
        hold_for: How long a hold lasts.
        within: How long it is to last for the link.
        counted_by: What counts the hold.

    Raises:
        Refusal: SLOT_TAKEN, if somebody else has it meanwhile; BUSY.
    """
    if not rules.is_held_by(slot, visitor_id, now):
        await take(database, slot, visitor_id, now=now, hold_for=hold_for)
        slot = await slot_to_claim(database, slot.id)
    slot = await _keep(
        database,
        slot,
        visitor_id,
        lambda held: link_deadline(held, now, within=within, hold_for=hold_for),
        now=now,
    )
    if not rules.is_held_by(slot, visitor_id, now):
        raise Refusal(Code.SLOT_TAKEN)
    counted_by.note(visitor_id, slot.id, slot.held_until)
    return slot


async def _keep(
    database: Database,
    slot: Slot,
    visitor_id: str,
    deadline: Callable[[Slot], datetime | None],
    *,
    now: datetime,
) -> Slot:
    """Move the deadline of a live hold, however often the slot changes meanwhile; return it."""
    while rules.is_held_by(slot, visitor_id, now):
        until = deadline(slot)
        if until is None:
            break
        is_kept = await slots.move_deadline(database, slot, now=now, until=until)
        slot = await slot_to_claim(database, slot.id)
        if is_kept:
            break
    return slot
