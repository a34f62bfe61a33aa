"""The picker: a month with its free days, and the times of one day, live from here on."""

from datetime import date

from domain import waitlist
from domain.booking import reschedule_targets
from domain.rules import schedule
from domain.rules.schedule import FAR
from domain.rules.slots import true_until
from domain.store.documents import Booking, Expert, Slot
from domain.store.slots import claiming as slots
from domain.waitlist import Standing
from web.experts.months import Month, first_of, month_of, read_month, span_of
from web.experts.paths import ClaimPaths, paths_to_book, paths_to_reschedule
from web.experts.times import Span, times_view
from web.experts.views import NOT_REFUSED, Picker, RefusedEntry
from web.http.kept_pages import next_minute
from web.http.visits import Visit
from web.i18n.zones import choices, zone_info


async def picker_of(
    visit: Visit,
    expert: Expert,
    booking: Booking | None = None,
    *,
    paths: ClaimPaths | None = None,
    entry: RefusedEntry = NOT_REFUSED,
) -> Picker:
    """Gather what the picker shows.

    Args:
        visit: Who looks; `?day=` or `?month=` say at what.
        expert: Whose times.
        booking: The booking that is to be rescheduled, if one is.
        paths: Where it leads, if not where everybody books or reschedules.
        entry: Why a place in line was refused, if one was.
    """
    zone = visit.zone(expert.zone)
    today = schedule.day_of(visit.now, zone_info(zone))
    standing = await _standing(visit, expert)
    held = await _held(visit, expert) or standing.offer
    asked = _asked_day(visit, today) or _own_day(visit, held, zone)
    own_day = reschedule_targets.own_day(booking) if booking else None
    month = await _month(visit, expert, asked, today, own_day)
    day = asked or month.first_free() or max(month.first, today)
    span = schedule.span(day, zone_info(zone), 1)
    found = await slots.between(visit.database, expert.id, *span)
    times = times_view(found, zone, day, visit.now, days=1, own_day=own_day)
    next_free_on = month.first_free(after=day)
    is_dead_end = not times.days[0].free and next_free_on is None
    return Picker(
        expert=expert,
        booking=booking,
        paths=paths or (paths_to_reschedule(booking) if booking else paths_to_book(expert)),
        month=month,
        starts_later=month.first > today and not (asked or visit.query("month")),
        times=times,
        next_free_on=next_free_on,
        first_free_on=await _first_free_on(visit, expert) if is_dead_end else None,
        zone=zone,
        zones=choices(zone, expert.zone),
        can_wait=any(slot.opens_at <= visit.now < slot.closes_at for slot in found),
        place=standing.place(*span),
        offer=standing.offer,
        held=held,
        entry=entry,
        true_until=min(next_minute(visit.now), true_until(found, visit.now)),
        own_days=schedule.days_of(*own_day, zone_info(zone)) if own_day else (),
    )


async def _standing(visit: Visit, expert: Expert) -> Standing:
    if visit.claimant is None:
        return Standing()
    return await waitlist.standing(visit.database, expert, visit.claimant, now=visit.now)


async def _held(visit: Visit, expert: Expert) -> Slot | None:
    """Return the visitor's newest hold of an expert's slot."""
    if visit.claimant is None:
        return None
    held = await slots.held_by(visit.database, visit.claimant, visit.now)
    return next((slot for slot in held if slot.expert_id == expert.id), None)


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


async def _month(
    visit: Visit, expert: Expert, asked: date | None, today: date, own_day: Span | None
) -> Month:
    """Return the month asked for; else the one that has the first free time."""
    shown = asked or read_month(visit.query("month"))
    month = await _month_with(visit, expert, shown or today, today, own_day)
    if shown or month.first_free():
        return month
    first_free = await _first_free_on(visit, expert)
    return await _month_with(visit, expert, first_free, today, own_day) if first_free else month


async def _first_free_on(visit: Visit, expert: Expert) -> date | None:
    """Return the day of an expert's first free time."""
    soonest = await slots.next_free(visit.database, expert.id, visit.now)
    zone = zone_info(visit.zone(expert.zone))
    return schedule.day_of(soonest.starts_at, zone) if soonest else None


async def _month_with(
    visit: Visit, expert: Expert, day: date, today: date, own_day: Span | None
) -> Month:
    zone = zone_info(visit.zone(expert.zone))
    first = first_of(min(max(day, today), today + FAR))
    start, end = span_of(first, zone)
    starts = await slots.free_starts(visit.database, expert.id, start, end, visit.now)
    if own_day is not None:
        start, end = max(start, own_day[0]), min(end, own_day[1])
        on_own_day = await slots.free_starts(
            visit.database, expert.id, start, end, visit.now, full_too=True
        )
        starts = sorted({*starts, *on_own_day})
    return month_of(first, today, starts, zone)
