"""An expert's page, the list of times on it, and the expert's portrait."""

from datetime import date, timedelta
from typing import Any

from litestar import MediaType, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Template

from domain import bookings, catalogue, schedule
from domain.instants import to_milliseconds
from domain.store import slots
from domain.store.documents import Booking, Expert, Slot
from web.portraits import portrait
from web.times import own_slot_id, times_view
from web.visits import Visit
from web.zones import choices, zone_info

_FAR = timedelta(days=400)


def _asked_day(text: str, today: date) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return min(max(day, today), today + _FAR)


async def _first_day(visit: Visit, expert: Expert, zone: str) -> date:
    """Return the day asked for; else today, or the day of the first free time if that is later."""
    today = schedule.day_of(visit.now, zone_info(zone))
    asked = _asked_day(visit.query("day"), today)
    if asked:
        return asked
    soonest = await slots.next_free(visit.database, expert.id, visit.now)
    if soonest is None:
        return today
    first_free = schedule.day_of(soonest.starts_at, zone_info(zone))
    in_a_week = today + timedelta(days=schedule.DAYS_SHOWN)
    return today if first_free < in_a_week else first_free


async def times_of(visit: Visit, expert: Expert, booking: Booking | None = None) -> dict[str, Any]:
    """Gather what the list of times shows, and the position from which the live feed goes on.

    Args:
        visit: Who looks, and at which days.
        expert: Whose times.
        booking: The booking that is to move to one of them, if so.
    """
    zone = visit.zone(expert.zone)
    first = await _first_day(visit, expert, zone)
    start, end = schedule.span(first, zone_info(zone))
    found = await slots.between(visit.database, expert.id, start, end)
    held = await slots.held_by(visit.database, visit.session.visitor_id, visit.now)
    mine: list[Slot] = [slot for slot in held if slot.expert_id == expert.id]
    return {
        "expert": expert,
        "booking": booking,
        "times_path": f"/bookings/{booking.reference}/reschedule"
        if booking
        else f"/experts/{expert.slug}",
        "times": times_view(found, zone, first, visit.now),
        "today": schedule.day_of(visit.now, zone_info(zone)),
        "zone": zone,
        "zones": choices(zone, expert.zone),
        "after": to_milliseconds(visit.now),
        "held": mine[0] if mine else None,
        "own_slot_id": own_slot_id(held, expert.id),
        "oob": False,
    }


@get("/experts/{slug:str}", name="expert")
async def expert_page(visit: NamedDependency[Visit], slug: FromPath[str]) -> Template:
    """Show an expert and a week of times."""
    expert = await catalogue.expert_by_slug(visit.directory, slug)
    return visit.show("pages/expert", **await times_of(visit, expert))


@get("/experts/{slug:str}/slots", name="slots")
async def slots_fragment(visit: NamedDependency[Visit], slug: FromPath[str]) -> Template:
    """Show a week of times alone, for a booking that is to move or for a new one."""
    expert = await catalogue.expert_by_slug(visit.directory, slug)
    moving = visit.query("booking")
    booking = await bookings.find(visit.database, moving, visit.viewer) if moving else None
    return visit.show("fragments/times", **await times_of(visit, expert, booking))


@get("/experts/{slug:str}/portrait.svg", name="portrait")
async def portrait_image(visit: NamedDependency[Visit], slug: FromPath[str]) -> Response[str]:
    """Draw an expert's portrait."""
    expert = await catalogue.expert_by_slug(visit.directory, slug)
    return Response(
        portrait(expert.name),
        media_type=MediaType.XML,
        headers={"Content-Type": "image/svg+xml", "Cache-Control": "public, max-age=86400"},
    )
