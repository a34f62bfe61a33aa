"""The profile: what visitors see of an expert, changed, and looked at before it is saved."""

from litestar import get, post
from litestar.di import NamedDependency
from litestar.response import Template

from domain.desk import profiles
from domain.desk.profile_forms import ProfileForm
from domain.rules.errors import Refusal
from web.desk.access import Desk
from web.desk.profile_view import show_profile
from web.http.forms import Form, read_form
from web.http.frames import Reply
from web.http.outcomes import outcome_of


@get("/desk/profile", name="profile")
async def profile_page(desk: NamedDependency[Desk]) -> Template:
    """Show the profile as its form."""
    return show_profile(desk)


def _typed(desk: Desk, form: Form) -> ProfileForm:
    return ProfileForm.read(form, fields=desk.visit.site.field_keys)


async def _save(desk: Desk, form: Form) -> None:
    typed = _typed(desk, form)
    await profiles.save(desk.visit.database, desk.expert, typed, by=desk.by, now=desk.visit.now)


@post("/desk/profile", name="save_profile")
async def save_profile(desk: NamedDependency[Desk]) -> Reply:
    """Save the profile."""
    form = await read_form(desk.visit.request)
    outcome = await outcome_of(desk.visit, _save(desk, form))
    if isinstance(outcome, Refusal):
        return show_profile(desk, form, outcome)
    return desk.visit.go_to("/desk/profile?done=profile")


@get("/desk/profile/preview", name="see_profile")
async def saved_preview(desk: NamedDependency[Desk]) -> Template:
    """Show the page as visitors see it, or will once the expert is listed."""
    return show_profile(desk, preview=desk.expert)


async def _read(desk: Desk, form: Form) -> ProfileForm:
    return _typed(desk, form)


@post("/desk/profile/preview", name="preview_profile")
async def preview(desk: NamedDependency[Desk]) -> Template:
    """Show what was typed as visitors would see it; nothing is saved."""
    form = await read_form(desk.visit.request)
    outcome = await outcome_of(desk.visit, _read(desk, form))
    if isinstance(outcome, Refusal):
        return show_profile(desk, form, outcome)
    return show_profile(desk, form, preview=profiles.applied(desk.expert, outcome))


async def _rename(desk: Desk, form: Form) -> str:
    database, slug = desk.visit.database, form.get("slug", "")
    return await profiles.rename(database, desk.expert, slug, by=desk.by, now=desk.visit.now)


@post("/desk/profile/address", name="rename_page")
async def rename(desk: NamedDependency[Desk]) -> Reply:
    """Give the expert's page another address; the former one leads on to it."""
    form = await read_form(desk.visit.request)
    outcome = await outcome_of(desk.visit, _rename(desk, form))
    if isinstance(outcome, Refusal):
        return show_profile(desk, form, outcome)
    return desk.bring_forward(desk.expert.slug, "/desk/profile?done=address")
