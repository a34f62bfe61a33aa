"""The site's fields of expertise: a row for each, and one for another."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.response import Template

from domain.rules.errors import Refusal, Sentence
from domain.site import fields
from domain.site.changes import SiteChanged, current
from domain.site.fields import FIELD_LIMIT, FieldsForm
from domain.store.documents.site import Site
from web.admin.access import Administration
from web.admin.settings_view import PARTS, PATH, saved
from web.http.forms import Form, read_form, typed_into, unlike
from web.http.outcomes import outcome_of
from web.i18n.languages import LOCALES, offered
from web.i18n.names import field_name, language_name

_ADDRESS = f"{PATH}/fields"


@dataclass(frozen=True)
class FieldRow:
    """A field of expertise, and how many experts have it."""

    key: str
    name: str
    experts: int


@dataclass(frozen=True)
class FieldsPage:
    """What the page shows."""

    rows: Sequence[FieldRow]
    languages: Sequence[tuple[str, str]]
    """Those that the site offers, by name."""
    values: Mapping[str, str]
    errors: Mapping[str, Sentence]
    meanwhile: Mapping[str, str]
    limits: Mapping[str, int]
    rev: str | int
    done: str
    parts: ClassVar = PARTS


def _typed_of(site: Site) -> dict[str, str]:
    """Return the fields as their form has them."""
    languages = offered(site.languages)
    names = {
        f"names_{key}_{code}": field_name(site, key, code)
        for key in site.field_keys
        for code in languages
    }
    removed = dict.fromkeys([f"removed_{key}" for key in site.field_keys], "")
    return {**names, **removed, **dict.fromkeys([f"added_{code}" for code in languages], "")}


async def _show(
    admin: Administration, form: Form | None = None, refusal: Refusal | None = None
) -> Template:
    visit = admin.visit
    site = await current(visit.database)
    kept = _typed_of(site)
    values = typed_into(form, kept) if form is not None else kept
    compares = isinstance(refusal, SiteChanged)
    counts = await fields.count_experts(visit.database, site)
    locale = LOCALES[visit.language]
    page = FieldsPage(
        rows=[
            FieldRow(key, field_name(site, key, visit.language), count)
            for key, count in counts.items()
        ],
        languages=[(code, language_name(locale, code)) for code in offered(site.languages)],
        values=values,
        errors=refusal.fields if refusal else {},
        meanwhile=unlike(kept, values) if compares else {},
        limits=dict.fromkeys(kept, FIELD_LIMIT),
        rev=form["rev"] if form and "rev" in form and not compares else site.fields_rev,
        done=visit.query("done"),
    )
    return admin.show("fields", view=page, refusal=refusal)


@get(_ADDRESS, name="fields")
async def fields_page(admin: NamedDependency[Administration]) -> Template:
    """Show the fields of expertise as their form."""
    return await _show(admin)


async def _save(admin: Administration, form: Form) -> None:
    visit = admin.visit
    site = await current(visit.database)
    typed = FieldsForm.read_rows(form, site.field_keys, offered(site.languages))
    await fields.save_fields(visit.database, typed, admin.by, now=visit.now)


@post(_ADDRESS, name="save_fields")
async def save_fields(admin: NamedDependency[Administration]) -> Response[Any] | Template:
    """Save the fields of expertise."""
    form = await read_form(admin.visit.request)
    outcome = await outcome_of(admin.visit, _save(admin, form))
    if isinstance(outcome, Refusal):
        return await _show(admin, form, outcome)
    return await saved(admin, f"{_ADDRESS}?done=saved")


FIELDS = (fields_page, save_fields)
