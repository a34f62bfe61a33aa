"""Signing in to the administration, and out on all devices."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.response import Template

from domain import signing_out
from web.admin.access import Administration
from web.http.visits import Visit


@get("/admin/sign-in", name="admin_sign_in")
async def sign_in_page(visit: NamedDependency[Visit]) -> Template:
    """Show the form that asks for a link, also to those signed in by another address."""
    return visit.show("admin/sign_in", values={}, errors={}, next_path="/admin")


@post("/admin/sign-out", name="admin_sign_out_everywhere")
async def sign_out_everywhere(admin: NamedDependency[Administration]) -> Response[Any]:
    """Sign the administrator's address out on all devices."""
    visit = admin.visit
    await signing_out.sign_out_everywhere(
        visit.database,
        [admin.administrator.address],
        admins=visit.settings.admins,
        by=admin.by,
        now=visit.now,
    )
    return visit.go_to("/admin")
