"""The site's legal pages: written, looked at, saved, and asked to be agreed to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.response import Template

from domain.rules.errors import Refusal, Sentence
from domain.rules.legal import CAN_BE_AGREED_TO, LegalPage
from domain.rules.markdown import html_of
from domain.site import texts
from domain.site.changes import SiteChanged, current
from domain.site.texts import TEXT_LIMIT, TextsForm
from domain.store.documents.site import Site
from web.admin.access import Administration
from web.admin.settings_view import PARTS, PATH, saved
from web.http.face import LEGAL_PAGES
from web.http.forms import Form, read_form, typed_into, unlike
from web.http.outcomes import outcome_of
from web.i18n.languages import LOCALES, offered
from web.i18n.names import language_name

_ADDRESS = f"{PATH}/texts"
_BODY_BYTES = 4 * 1024 * 1024
"""All pages in all languages, where every letter takes six bytes to send."""


@dataclass(frozen=True)
class TextPreview:
    """A legal page as visitors would see it."""

    title: str
    language: str
    html: str


@dataclass(frozen=True)
class TextsPage:
    """What the page shows."""

    languages: Sequence[tuple[str, str]]
    """Those that the site offers, by name."""
    values: Mapping[str, str]
    errors: Mapping[str, Sentence]
    meanwhile: Mapping[str, str]
    limits: Mapping[str, int]
    rev: str | int
    done: str
    previews: Sequence[TextPreview]
    saved: Site
    agreeable: ClassVar = CAN_BE_AGREED_TO
    parts: ClassVar = PARTS


def _typed_of(site: Site) -> dict[str, str]:
    """Return the legal pages as their form has them."""
    written = {
        f"{page.value}_{code}": site.legal_text(page).texts.get(code, "")
        for page in LegalPage
        for code in offered(site.languages)
    }
    ticked = {
        f"agree_{page.value}": "on" if page.value in site.agreeing else ""
        for page in CAN_BE_AGREED_TO
    }
    return {**written, **ticked}


async def _show(
    admin: Administration,
    form: Form | None = None,
    refusal: Refusal | None = None,
    *,
    looks: bool = False,
) -> Template:
    site = await current(admin.visit.database)
    kept = _typed_of(site)
    values = typed_into(form, kept) if form is not None else kept
    compares = isinstance(refusal, SiteChanged)
    languages, locale = offered(site.languages), LOCALES[admin.visit.language]
    page = TextsPage(
        languages=[(code, language_name(locale, code)) for code in languages],
        values=values,
        errors=refusal.fields if refusal else {},
        meanwhile=unlike(kept, values) if compares else {},
        limits=dict.fromkeys(kept, TEXT_LIMIT),
        rev=form["rev"] if form and "rev" in form and not compares else site.texts_rev,
        done=admin.visit.query("done"),
        previews=_previews(values, languages) if looks else [],
        saved=site,
    )
    return admin.show("texts", view=page, refusal=refusal)


def _previews(values: Mapping[str, str], languages: Sequence[str]) -> list[TextPreview]:
    written = [
        (page, code, values[f"{page.value}_{code}"]) for page in LegalPage for code in languages
    ]
    return [
        TextPreview(LEGAL_PAGES[page], code, html_of(text)) for page, code, text in written if text
    ]


@get(_ADDRESS, name="texts")
async def texts_page(admin: NamedDependency[Administration]) -> Template:
    """Show the legal pages as their form."""
    return await _show(admin)


async def _read(admin: Administration, form: Form) -> TextsForm:
    return TextsForm.read_texts(form, offered((await current(admin.visit.database)).languages))


async def _save(admin: Administration, form: Form) -> None:
    typed = await _read(admin, form)
    await texts.save_texts(admin.visit.database, typed, admin.by, now=admin.visit.now)


@post(_ADDRESS, name="save_texts", request_max_body_size=_BODY_BYTES)
async def save_texts(admin: NamedDependency[Administration]) -> Response[Any] | Template:
    """Save the legal pages."""
    form = await read_form(admin.visit.request)
    outcome = await outcome_of(admin.visit, _save(admin, form))
    if isinstance(outcome, Refusal):
        return await _show(admin, form, outcome)
    return await saved(admin, f"{_ADDRESS}?done=saved")


@post(f"{_ADDRESS}/preview", name="preview_texts", request_max_body_size=_BODY_BYTES)
async def preview_texts(admin: NamedDependency[Administration]) -> Template:
    """Show what was typed as visitors would see it; nothing is saved."""
    form = await read_form(admin.visit.request)
    outcome = await outcome_of(admin.visit, _read(admin, form))
    refusal = outcome if isinstance(outcome, Refusal) else None
    return await _show(admin, form, refusal, looks=refusal is None)


TEXTS = (texts_page, save_texts, preview_texts)
