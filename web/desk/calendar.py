"""The agenda for calendar programs: an address that opens it without signing in, and a new one."""

from dataclasses import dataclass
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from domain.desk import agenda
from domain.store.documents import Expert
from web.calendars.files import agenda_of
from web.desk.access import Desk
from web.http.face import named_sender
from web.http.visits import Visit


@dataclass(frozen=True)
class CalendarAddresses:
    """Where calendar programs find an agenda."""

    web: str
    subscribe: str
    """The same for a program that opens such an address itself."""


def addresses_of(expert: Expert, public_url: str) -> CalendarAddresses | None:
    """Return an expert's addresses; None until one was asked for."""
    if expert.calendar_key is None:
        return None
    web = f"{public_url}/desk/calendar/{expert.calendar_key}.ics"
    return CalendarAddresses(web, f"webcal://{web.partition('://')[2]}")


@get("/desk/calendar/{file:str}", name="desk_calendar")
async def agenda_calendar(visit: NamedDependency[Visit], file: FromPath[str]) -> Response[bytes]:
    """Send an agenda as iCalendar, as `{key}.ics`, to programs that know its key."""
    key = file.removesuffix(".ics")
    expert, sessions = await agenda.calendar(visit.database, key, now=visit.now)
    content = agenda_of(
        sessions,
        expert,
        sender=named_sender(visit.settings.mail_from, visit.site),
        desk=f"{visit.settings.public_url}/desk",
        now=visit.now,
    )
    return Response(content, media_type="text/calendar")


@post("/desk/calendar/renew", name="renew_calendar")
async def renew_calendar(desk: NamedDependency[Desk]) -> Response[Any]:
    """Make the first address of an agenda's calendar, or one in the place of the last."""
    await agenda.renew_calendar(desk.visit.database, desk.expert, by=desk.by, now=desk.visit.now)
    return desk.visit.go_to("/desk#calendar")
