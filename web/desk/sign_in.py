"""Between desks: choosing one of several, and signing out on all devices."""

from typing import Any

from litestar import Response, post
from litestar.di import NamedDependency

from domain import signing_out
from web.desk.access import Desk
from web.http.forms import read_form


@post("/desk/choose", name="choose_desk")
async def choose(desk: NamedDependency[Desk]) -> Response[Any]:
    """Switch to another of the desks that are open to this browser."""
    form = await read_form(desk.visit.request)
    return desk.bring_forward(form.get("to", ""), "/desk")


@post("/desk/sign-out", name="sign_out_everywhere")
async def sign_out_everywhere(desk: NamedDependency[Desk]) -> Response[Any]:
    """Sign the desk's address out on all devices."""
    visit = desk.visit
    await signing_out.sign_out_everywhere(
        visit.database,
        [desk.expert.address],
        admins=visit.settings.admins,
        by=desk.by,
        now=visit.now,
    )
    return visit.go_to("/desk")
