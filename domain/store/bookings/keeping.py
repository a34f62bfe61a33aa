"""Keeping free times of an expert for a booking of theirs: nobody else can take them then."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from motor.motor_asyncio import AsyncIOMotorClientSession
from odmantic import ObjectId

from domain.rules.absences import keeper_of, kept_until
from domain.rules.slots import SlotState
from domain.store.core.database import Database, Document
from domain.store.documents import Booking, Slot
from domain.store.documents.absences import Absence, KeptTime
from domain.store.slots import fullness
from domain.store.slots.claiming import free_guard, nearest_free, transition

_CANDIDATES = 12
"""How many of the nearest free slots are tried: some are on full days, or just being taken."""


@dataclass(frozen=True)
class Choice:
    """The slots that may be kept for a booking, the nearest first."""

    booking: Booking
    slots: Sequence[Slot]
    offers_for: timedelta
    now: datetime


async def choice_for(
    database: Database, absence: Absence, booking: Booking, now: datetime
) -> Choice:
    """Return what may be offered. A lapsed hold may not: it is for the line to have first."""
    at = booking.starts_at
    near = await nearest_free(database, booking.expert_id, at, now, limit=_CANDIDATES)
    free = [slot for slot in near if slot.state is SlotState.OPEN]
    nearest_first = sorted(free, key=lambda slot: abs(slot.starts_at - at))
    return Choice(booking, nearest_first, timedelta(hours=absence.offer_hours), now)


async def keep(
    database: Database, choice: Choice, most: int, session: AsyncIOMotorClientSession
) -> list[KeptTime]:
    """Keep the nearest slots that are still free, on days that have a session left, by start."""
    expert_id, now = choice.booking.expert_id, choice.now
    limits = await fullness.limits_within(database, expert_id, session)
    kept: dict[datetime, KeptTime] = {}
    for slot in choice.slots:
        if len(kept) == most:
            break
        if await fullness.has_room_for(database, slot, limits, session):
            until = kept_until(slot.closes_at, choice.offers_for, now)
            if await _keep(database, choice, slot, until, session):
                kept[slot.starts_at] = KeptTime(slot_id=ObjectId(slot.id), until=until)
    await fullness.recount(database, expert_id, kept, limits=limits, now=now, session=session)
    return [kept[starts_at] for starts_at in sorted(kept)]


async def _keep(
    database: Database,
    choice: Choice,
    slot: Slot,
    until: datetime,
    session: AsyncIOMotorClientSession,
) -> bool:
    """Keep a slot unless it was taken meanwhile."""
    now = choice.now
    guard: Document = {**free_guard(now), **database.clock.in_time(now)}
    kept = transition(
        now,
        state=SlotState.OFFERED.value,
        held_by=keeper_of(choice.booking.id),
        held_since=now,
        held_until=until,
        full=False,
    )
    still_free = {**guard, "_id": slot.id, "state": SlotState.OPEN.value}
    done = await database.collection(Slot).update_one(still_free, kept, session=session)
    return done.modified_count == 1
