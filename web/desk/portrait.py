"""The portrait: uploaded, and removed again."""

from typing import Any

from litestar import Response, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency

from domain.desk import portraits
from domain.rules.errors import Code, Refusal, Sentence
from domain.rules.pictures import MOST_BYTES
from web.desk.access import Desk
from web.desk.profile_view import show_profile
from web.http.frames import Reply
from web.http.outcomes import outcome_of

_BODY_BYTES = MOST_BYTES + 1024 * 1024
"""A little more than is taken, so that a picture that is too large is refused in words."""


async def _take(desk: Desk) -> None:
    form = await desk.visit.request.form()
    files = [file for file in form.getall("portrait", []) if isinstance(file, UploadFile)]
    if len(files) != 1 or not (data := await files[0].read()):
        missing = {"portrait": Sentence("Choose a picture first.")}
        raise Refusal(Code.FORM_INVALID, fields=missing)
    database, now = desk.visit.database, desk.visit.now
    await portraits.change(database, desk.expert, data, by=desk.by, now=now)


@post("/desk/profile/portrait", name="change_portrait", request_max_body_size=_BODY_BYTES)
async def change_portrait(desk: NamedDependency[Desk]) -> Reply:
    """Take in a picture."""
    outcome = await outcome_of(desk.visit, _take(desk))
    if isinstance(outcome, Refusal):
        return show_profile(desk, refusal=outcome)
    return desk.visit.go_to("/desk/profile?done=portrait")


@post("/desk/profile/portrait/remove", name="remove_portrait")
async def remove_portrait(desk: NamedDependency[Desk]) -> Response[Any]:
    """Show the drawn portrait again."""
    await portraits.remove(desk.visit.database, desk.expert, by=desk.by, now=desk.visit.now)
    return desk.visit.go_to("/desk/profile?done=removed")
