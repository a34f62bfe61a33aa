"""The picker: a month with its free days, and the times of one day, live from here on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from domain import waitlist
from domain.rules import schedule
from domain.rules.errors import Sentence
from domain.rules.schedule import FAR
from domain.store.documents import Booking, Expert, Slot
from domain.store.slots import claiming as slots
from web.experts.months import Month, first_of, month_of, read_month, span_of
from web.experts.times import times_view
from web.http.answers import Answer
from web.http.visits import Visit
from web.i18n.zones import choices, zone_info


@dataclass(frozen=True)
class Told:
    """What is told beside the form that asks for a place in line, and what was typed into it."""

    refusal: Answer | None = None
    errors: Mapping[str, Sentence] = field(default_factory=dict)
    values: Mapping[str, object] = field(default_factory=dict)


NOTHING_TOLD = Told()


async def picker_of(
    visit: Visit, expert: Expert, booking: Booking | None = None, *, told: Told = NOTHING_TOLD
) -> dict[str, Any]:
    """Gather what the picker shows, and the position from which the live feed goes on.

    Args:
        visit: Who looks; `?day=` or `?month=` say at what.
        expert: Whose times.
        booking: The booking that is to move to one of them, if so.
        told: Why a place in line was refused, if so.
    """
    zone = visit.zone(expert.zone)
    today = schedule.day_of(visit.now, zone_info(zone))
    held = await slots.held_by(visit.database, visit.session.visitor_id, visit.now)
    own = next((slot for slot in held if slot.expert_id == expert.id), None)
    standing = await waitlist.standing(
        visit.database, expert, visit.session.visitor_id, now=visit.now
    )
    own = own or standing.offer
    asked = _asked_day(visit, today) or _own_day(visit, own, zone)
    month = await _month(visit, expert, asked, today)
    day = asked or month.first_free() or max(month.first, today)
    span = schedule.span(day, zone_info(zone), 1)
    found = await slots.between(visit.database, expert.id, *span)
    times = times_view(found, zone, day, visit.now, days=1)
    next_free_on = month.first_free(after=day)
    is_dead_end = not times.days[0].free and next_free_on is None
    return {
        "expert": expert,
        "booking": booking,
        "agreed": booking.agreed if booking else expert.agreed(),
        "pick_path": _path(expert, booking),
        "list_query": f"booking={booking.reference}&" if booking else "",
        "month": month,
        "starts_later": month.first > today and not (asked or visit.query("month")),
        "times": times,
        "next_free_on": next_free_on,
        "first_free_on": await _first_free_on(visit, expert) if is_dead_end else None,
        "zone": zone,
        "zones": choices(zone, expert.zone),
        "can_wait": any(slot.opens_at <= visit.now < slot.closes_at for slot in found),
        "in_line": standing.waits_for(*span),
        "offer": standing.offer,
        "refusal": told.refusal,
        "errors": told.errors,
        "values": told.values,
        "held": own,
        "own_slot_id": str(own.id) if own else "",
        "oob": False,
    }


def _path(expert: Expert, booking: Booking | None) -> str:
    if booking is not None:
        return f"/bookings/{booking.reference}/reschedule"
    return f"/experts/{expert.slug}"


def _asked_day(visit: Visit, today: date) -> date | None:
    try:
        day = date.fromisoformat(visit.query("day"))
    except ValueError:
        return None
    return min(max(day, today), today + FAR)


def _own_day(visit: Visit, own: Slot | None, zone: str) -> date | None:
    """Return the day of the time that the visitor holds, unless they ask for a month."""
    if own is None or visit.query("month"):
        return None
    return schedule.day_of(own.starts_at, zone_info(zone))


async def _month(visit: Visit, expert: Expert, asked: date | None, today: date) -> Month:
    """Return the month asked for; else the one that has the first free time."""
    shown = asked or read_month(visit.query("month"))
    month = await _month_with(visit, expert, shown or today, today)
    if shown or month.first_free():
        return month
    first_free = await _first_free_on(visit, expert)
    return await _month_with(visit, expert, first_free, today) if first_free else month


async def _first_free_on(visit: Visit, expert: Expert) -> date | None:
    """Return the day of an expert's first free time."""
    soonest = await slots.next_free(visit.database, expert.id, visit.now)
    zone = zone_info(visit.zone(expert.zone))
    return schedule.day_of(soonest.starts_at, zone) if soonest else None


async def _month_with(visit: Visit, expert: Expert, day: date, today: date) -> Month:
    zone = zone_info(visit.zone(expert.zone))
    first = first_of(min(max(day, today), today + FAR))
    starts = await slots.free_starts(visit.database, expert.id, *span_of(first, zone), visit.now)
    return month_of(first, today, starts, zone)
