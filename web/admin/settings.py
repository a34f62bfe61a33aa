"""The site's face: what it is called, its colour, its logo, its languages and its contact."""

from typing import Any

from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.response import Template

from domain.rules.errors import Code, Refusal, Sentence
from domain.rules.logos import MOST_BYTES
from domain.site import face
from domain.site.changes import current
from domain.site.forms import FaceForm
from web.admin.access import Administration
from web.admin.settings_view import PATH, saved, show_face
from web.http.forms import Form, read_form
from web.http.outcomes import outcome_of
from web.i18n.languages import LOCALES

_BODY_BYTES = MOST_BYTES + 1024 * 1024
"""A little more than is taken, so that a picture that is too large is refused in words."""

Reply = Response[Any] | Template


@get(PATH, name="site_settings")
async def face_page(admin: NamedDependency[Administration]) -> Template:
    """Show the face as its form."""
    return show_face(admin, await current(admin.visit.database))


async def _save(admin: Administration, form: Form) -> None:
    typed = FaceForm.read_in(form, LOCALES, "tagline", "offers")
    await face.save_face(admin.visit.database, typed, admin.by, now=admin.visit.now)


@post(PATH, name="save_site")
async def save_face(admin: NamedDependency[Administration]) -> Reply:
    """Save the face."""
    form = await read_form(admin.visit.request)
    outcome = await outcome_of(admin.visit, _save(admin, form))
    if isinstance(outcome, Refusal):
        return show_face(admin, await current(admin.visit.database), form, outcome)
    return await saved(admin, f"{PATH}?done=face")


@post(f"{PATH}/accent", name="check_accent")
async def check_accent(admin: NamedDependency[Administration]) -> Template:
    """Show what would become of a colour; nothing is saved."""
    form = await read_form(admin.visit.request)
    return show_face(admin, await current(admin.visit.database), form)


async def _take(admin: Administration) -> None:
    form = await admin.visit.request.form()
    files = [file for file in form.getall("logo", []) if isinstance(file, UploadFile)]
    if len(files) != 1 or not (data := await files[0].read()):
        missing = {"logo": Sentence("Choose a picture first.")}
        raise Refusal(Code.FORM_INVALID, fields=missing)
    await face.change_logo(admin.visit.database, data, admin.by, now=admin.visit.now)


@post(f"{PATH}/logo", name="change_logo", request_max_body_size=_BODY_BYTES)
async def change_logo(admin: NamedDependency[Administration]) -> Reply:
    """Take in a logo."""
    outcome = await outcome_of(admin.visit, _take(admin))
    if isinstance(outcome, Refusal):
        return show_face(admin, await current(admin.visit.database), refusal=outcome)
    return await saved(admin, f"{PATH}?done=logo")


@post(f"{PATH}/logo/remove", name="remove_logo")
async def remove_logo(admin: NamedDependency[Administration]) -> Response[Any]:
    """Show the program's logo again."""
    await face.remove_logo(admin.visit.database, admin.by, now=admin.visit.now)
    return await saved(admin, f"{PATH}?done=removed")


FACE = (face_page, save_face, check_accent, change_logo, remove_logo)
