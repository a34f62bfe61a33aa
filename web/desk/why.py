"""Why a time is missing: the one thing that decides, and where to change it."""

from datetime import datetime, timedelta

from litestar import get
from litestar.di import NamedDependency
from litestar.response import Template

from domain.desk.why import why
from domain.rules.reasons import Reason, Why
from domain.rules.schedule import FAR
from domain.rules.slots import SlotState
from domain.store.bookings import reading as bookings
from domain.store.documents import Booking, Expert
from domain.store.experts.planned import PlannedSlot
from web.desk.access import Desk
from web.i18n.formats import comes_twice
from web.i18n.holidays import holiday_name
from web.i18n.zones import zone_info


@get("/desk/why", name="why")
async def why_page(desk: NamedDependency[Desk]) -> Template:
    """Say why a time of the expert's is there or not; without one, ask which."""
    visit, expert = desk.visit, desk.expert
    local = _read_wall_time(visit.query("at"), expert, visit.now)
    if local is None:
        status = 422 if visit.query("at") else 200
        return desk.show("why", status=status, at=visit.query("at"), local=None)
    reason = await why(visit.database, expert, local, now=visit.now)
    return desk.show(
        "why",
        at=f"{local:%Y-%m-%dT%H:%M}",
        local=local,
        is_first_of_two=comes_twice(local.replace(tzinfo=zone_info(expert.zone))),
        reason=reason,
        session=await _session_in(desk, reason),
        holiday=_holiday(desk, local) if reason.why is Why.HOLIDAY else "",
    )


def _read_wall_time(text: str, expert: Expert, now: datetime) -> datetime | None:
    """Read a wall time of the expert's, as browsers write it; None where it is none, or too far."""
    try:
        local = datetime.fromisoformat(text).replace(second=0, microsecond=0)
    except ValueError:
        return None
    today = now.astimezone(zone_info(expert.zone)).replace(tzinfo=None)
    return local if local.tzinfo is None and abs(local - today) < FAR + timedelta(days=1) else None


async def _session_in(desk: Desk, reason: Reason[PlannedSlot]) -> Booking | None:
    """Return the session that is in the way, if it is one."""
    if reason.slot is None or reason.slot.state is not SlotState.BOOKED:
        return None
    database, expert = desk.visit.database, desk.expert
    return await bookings.confirmed_at(database, expert.id, reason.slot.starts_at)


def _holiday(desk: Desk, local: datetime) -> str:
    return holiday_name(desk.expert.hours.holidays, local.date(), desk.visit.language)
