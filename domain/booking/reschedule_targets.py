"""Which slots a booking can be rescheduled to."""

from datetime import datetime
from zoneinfo import ZoneInfo

from domain.booking.replacements import is_kept_for
from domain.rules import schedule
from domain.rules import slots as rules
from domain.rules.errors import Code, Refusal
from domain.store.core.database import Database, Key
from domain.store.documents import Booking, Slot, Step
from domain.store.slots import claiming as slots


def own_day(booking: Booking) -> tuple[datetime, datetime]:
    """Return the instants `[start, end)` of a booking's day in its expert's zone.

    However full that day is, the booking can change to any other slot of it.
    """
    zone = ZoneInfo(booking.agreed.zone)
    return schedule.span(schedule.day_of(booking.starts_at, zone), zone, days=1)


def stays_on_its_day(booking: Booking, slot: Slot) -> bool:
    """Say whether a booking stays on its expert's day with a slot, so that it may be full."""
    start, end = own_day(booking)
    return slot.expert_id == booking.expert_id and start <= slot.starts_at < end


def is_free(booking: Booking, slot: Slot, now: datetime) -> bool:
    """Say whether a slot is free for a booking to change to."""
    return rules.is_free(slot, now, full_too=stays_on_its_day(booking, slot))


def can_take(booking: Booking, slot: Slot, visitor_id: str, now: datetime) -> bool:
    """Say whether a booking can change to a slot: free, held by its visitor, or kept for it."""
    is_held = is_kept_for(slot, booking) or rules.is_held_by(slot, visitor_id, now)
    return is_held or is_free(booking, slot, now)


async def slot_for(database: Database, slot_id: Key, booking: Booking) -> Slot:
    """Return a slot of a booking's expert, or a stand-in's that is kept for the booking.

    Raises:
        Refusal: OFFER_GONE, if there is none by now and an absence has once offered others;
            SLOT_UNKNOWN.
    """
    slot = await slots.find(database, slot_id)
    if slot is not None and _is_a_choice(booking, slot):
        return slot
    was_asked = any(change.step is Step.DISPLACED for change in booking.history)
    raise Refusal(Code.OFFER_GONE if was_asked else Code.SLOT_UNKNOWN)


def _is_a_choice(booking: Booking, slot: Slot) -> bool:
    is_theirs = slot.expert_id == booking.expert_id or is_kept_for(slot, booking)
    return is_theirs and slot.state is not rules.SlotState.WITHDRAWN
