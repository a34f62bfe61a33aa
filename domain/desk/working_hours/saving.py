"""Saving hours: what a change would do, doing it, and which sessions lie outside."""

from dataclasses import dataclass
from datetime import datetime

from domain.acts import on_expert
from domain.desk import publishing
from domain.desk.publishing import Published
from domain.desk.working_hours.changes import Change
from domain.desk.working_hours.logged import changes_of
from domain.discovery import catalogue
from domain.rules.availability import Interval, is_within
from domain.rules.errors import Code, Refusal
from domain.rules.instants import NEVER
from domain.rules.log import Action, Actor
from domain.rules.plan import Plan
from domain.rules.previews import ForeseenTime, foresee
from domain.store.bookings import reading as bookings
from domain.store.core.database import Database, Key
from domain.store.documents import Booking, Expert
from domain.store.experts import publishing as store
from domain.store.experts.diaries import diary_of, today_of
from domain.store.experts.planned import PlannedSlot, planned_slots
from domain.store.slots.fullness import limits_of

_MOST_SAVES = 20
"""How many times to apply a change again when the hours have changed meanwhile."""


@dataclass(frozen=True)
class Preview:
    """What a change would do if it were saved now."""

    expert: Expert
    """As changed."""
    done: Published
    times: list[ForeseenTime]
    """Those that visitors would find, by their start."""
    outside: list[Booking]
    """Sessions that would lie outside the hours, by their start."""


async def preview(database: Database, expert: Expert, change: Change, *, now: datetime) -> Preview:
    """Return what a change would do. Changes nothing.

    Raises:
        Refusal: What the change refuses.
    """
    changed = change(expert)
    limits = limits_of(changed)
    slots = await planned_slots(database, expert.id, limits.week_of(now)[0])
    plan, done = Plan[PlannedSlot](), Published()
    if changed.has_hours:
        ahead = [slot for slot in slots if slot.ends_at > now]
        plan = publishing.plan_for(ahead, changed, changed.hours, now=now)
    done.count(plan)
    outside = await sessions_outside(database, changed, now=now)
    return Preview(changed, done, foresee(plan, slots, limits, now), outside)


async def save(
    database: Database, expert_id: Key, change: Change, *, by: Actor, now: datetime
) -> Published:
    """Save a change of an expert's hours and publish it; return what became of their slots.

    What others change meanwhile is read again and kept.

    Raises:
        Refusal: EXPERT_UNKNOWN; BUSY, when too much comes in between: what was saved stays, and is
            published within the hour; what the change refuses.
    """
    for _ in range(_MOST_SAVES):
        expert = await catalogue.expert_of(database, expert_id)
        if expert.is_gone:
            raise Refusal(Code.EXPERT_UNKNOWN)
        changed = change(expert)
        changes = changes_of(expert, changed)
        act = on_expert(by, Action.HOURS_CHANGED, expert.id, now, changes) if changes else None
        if await store.save_hours(database, expert, changed, act):
            return await publishing.publish(database, expert_id, now=now)
    raise Refusal(Code.BUSY)


async def sessions_outside(database: Database, expert: Expert, *, now: datetime) -> list[Booking]:
    """Return an expert's sessions to come that lie outside their hours, by their start.

    An expert without hours has none.
    """
    if not expert.has_hours:
        return []
    diary = diary_of(expert, expert.hours, today_of(expert, now))
    confirmed = await bookings.confirmed_within(database, expert.id, now, NEVER)
    return [
        booking
        for booking in confirmed
        if booking.starts_at > now
        and not is_within(diary, Interval(booking.starts_at, booking.ends_at))
    ]
