"""The morning mail: switched on and off at the foot of the agenda."""

from typing import Any

from litestar import Response, post
from litestar.di import NamedDependency

from domain.desk import mornings
from web.desk.access import Desk


async def _switch(desk: Desk, *, wanted: bool) -> Response[Any]:
    database, now = desk.visit.database, desk.visit.now
    await mornings.set_mail(database, desk.expert, wanted=wanted, by=desk.by, now=now)
    return desk.visit.go_to("/desk#morning-mail")


@post("/desk/morning-mail/on", name="morning_mail_on")
async def morning_mail_on(desk: NamedDependency[Desk]) -> Response[Any]:
    """Mail the day's sessions each morning from now on."""
    return await _switch(desk, wanted=True)


@post("/desk/morning-mail/off", name="morning_mail_off")
async def morning_mail_off(desk: NamedDependency[Desk]) -> Response[Any]:
    """Send no more of these mails."""
    return await _switch(desk, wanted=False)
