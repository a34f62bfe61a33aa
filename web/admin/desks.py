"""Going to an expert's desk, and leaving it again."""

from typing import Any

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from domain.desk import desks
from web.admin.access import Administration
from web.desk.access import go_to_desk, leave_desk


@post("/admin/experts/{slug:str}/desk", name="visit_desk")
async def visit_desk(admin: NamedDependency[Administration], slug: FromPath[str]) -> Response[Any]:
    """Open an expert's desk as if it were the administrator's."""
    visit = admin.visit
    expert = await desks.visit(visit.database, slug, by=admin.by, now=visit.now)
    return go_to_desk(visit, expert, "/desk")


@post("/admin/leave-desk", name="leave_desk")
async def leave_visited_desk(admin: NamedDependency[Administration]) -> Response[Any]:
    """Go back to the administration; the next desk is the browser's own again, if it has one."""
    return leave_desk(admin.visit, "/admin")


DESKS = (visit_desk, leave_visited_desk)
