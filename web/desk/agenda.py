"""The agenda: an expert's sessions of a day, a week, or the days to come, live."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import ClassVar
from urllib.parse import urlencode

from litestar import get
from litestar.di import NamedDependency
from litestar.response import Template

from domain.desk import agenda
from domain.rules import schedule
from domain.rules.mornings import MORNING
from domain.store.documents import Booking, BookingStatus
from web.desk.access import Desk
from web.desk.calendar import CalendarAddresses, addresses_of
from web.http.visits import Visit
from web.i18n.languages import marked as _
from web.i18n.zones import ZoneGroup, choices, valid_zone, zone_info

_FAR = timedelta(days=3_660)
"""How far from today an agenda can be looked at."""


class View(StrEnum):
    """How much an agenda shows at once."""

    LIST = "list"
    DAY = "day"
    WEEK = "week"


VIEWS: Mapping[View, str] = {
    View.LIST: _("Next days"),
    View.DAY: _("Day"),
    View.WEEK: _("Week"),
}
_DAYS: Mapping[View, int] = {View.LIST: 14, View.DAY: 1, View.WEEK: 7}


@dataclass(frozen=True)
class AgendaDay:
    """The sessions that begin on a day; on the first one shown also those that run into it."""

    on: date
    sessions: Sequence[Booking]


@dataclass(frozen=True)
class Span:
    """Which days of a zone an agenda shows."""

    view: View
    first: date
    today: date
    zone: str

    @property
    def days(self) -> Sequence[date]:
        """Every day of it."""
        return [self.first + timedelta(days=n) for n in range(_DAYS[self.view])]

    @property
    def instants(self) -> tuple[datetime, datetime]:
        """The instants `[start, end)` that it covers."""
        return schedule.span(self.first, zone_info(self.zone), _DAYS[self.view])

    @property
    def earlier(self) -> str:
        """Where as many days before it are shown."""
        return self.address(self.first - timedelta(days=_DAYS[self.view]))

    @property
    def later(self) -> str:
        """Where as many days after it are shown."""
        return self.address(self.first + timedelta(days=_DAYS[self.view]))

    def address(self, day: date | None = None, view: View | None = None) -> str:
        """Return where an agenda is shown: of this day or view, otherwise as here."""
        asked = {"view": view or self.view, "day": day or self.first, "zone": self.zone}
        return f"/desk?{urlencode(asked)}"


def span_of(visit: Visit, zone: str) -> Span:
    """Read which days are asked for; by default today and the next ones, a week from Monday."""
    today = schedule.day_of(visit.now, zone_info(zone))
    asked = visit.query("view")
    view = View(asked) if asked in set(View) else View.LIST
    day = _read_day(visit.query("day"), today)
    first = day - timedelta(days=day.weekday()) if view is View.WEEK else day
    return Span(view, first, today, zone)


def _read_day(text: str, today: date) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return today
    return min(max(day, today - _FAR), today + _FAR)


def days_of(sessions: Sequence[Booking], span: Span) -> list[AgendaDay]:
    """Group sessions by day; the list leaves out days without any."""
    zone = zone_info(span.zone)
    by_day: dict[date, list[Booking]] = {day: [] for day in span.days}
    for session in sessions:
        by_day[max(schedule.day_of(session.starts_at, zone), span.first)].append(session)
    is_list = span.view is View.LIST
    return [AgendaDay(on, found) for on, found in by_day.items() if found or not is_list]


@dataclass(frozen=True)
class AgendaPage:
    """What the page shows."""

    span: Span
    days: Sequence[AgendaDay]
    count: int
    """How many of the sessions take place."""
    next_turn: datetime | None
    """When the clock alone will change what is shown."""
    zone: str
    zones: Sequence[ZoneGroup]
    calendar: CalendarAddresses | None
    views: ClassVar = VIEWS
    morning: ClassVar = f"{MORNING:%H:%M}"


def next_turn(turns: Iterable[datetime], now: datetime) -> datetime | None:
    """Return the first of some instants at which the clock alone changes what is shown."""
    return min((at for at in turns if at > now), default=None)


@get("/desk", name="desk")
async def agenda_page(desk: NamedDependency[Desk]) -> Template:
    """Show the agenda in the expert's zone, or in one that the address names."""
    visit, expert = desk.visit, desk.expert
    span = span_of(visit, valid_zone(visit.query("zone")) or expert.zone)
    found = await agenda.sessions(visit.database, expert, *span.instants)
    turns = (at for session in found for at in (session.starts_at, session.ends_at))
    page = AgendaPage(
        span=span,
        days=days_of(found, span),
        count=sum(session.status is BookingStatus.CONFIRMED for session in found),
        next_turn=next_turn(turns, visit.now),
        zone=span.zone,
        zones=choices(span.zone, expert.zone),
        calendar=addresses_of(expert, visit.settings.public_url),
    )
    return desk.show("agenda", "_agenda", page)
