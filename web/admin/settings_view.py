"""The page of the site's face: its form with what was typed, and what becomes of its colour."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from litestar import Response
from litestar.response import Template

from domain.rules.accents import Accent, accent_of
from domain.rules.colours import is_colour
from domain.rules.errors import Refusal, Sentence
from domain.site import forms
from domain.site.changes import SiteChanged
from domain.store.documents.site import Site
from domain.typed import EMAIL_LIMIT, PHONE_LIMIT
from web.admin.access import Administration
from web.http.forms import Form, typed_into, unlike
from web.i18n.languages import LOCALES, offered
from web.i18n.languages import marked as _

PATH = "/admin/settings"

PARTS: Mapping[str, str] = {
    PATH: _("Name and look"),
    f"{PATH}/fields": _("Fields of expertise"),
    f"{PATH}/texts": _("Legal pages"),
}
"""The pages of the settings, by their addresses."""

_FIRST_OFFER = "#5b3df5"
"""What the field for a colour shows before one was chosen."""
_LIMITS = {
    "name": forms.NAME_LIMIT,
    "address": forms.ADDRESS_LIMIT,
    "phone": PHONE_LIMIT,
    "email": EMAIL_LIMIT,
    **{f"tagline_{code}": forms.TAGLINE_LIMIT for code in LOCALES},
}
_OUTCOMES: Mapping[str, str] = {
    "face": _("Saved. Every page shows it from now on."),
    "logo": _("The logo is changed."),
    "removed": _("Your logo is removed."),
}


@dataclass(frozen=True)
class FacePage:
    """What the page shows."""

    values: Mapping[str, str]
    errors: Mapping[str, Sentence]
    meanwhile: Mapping[str, str]
    """What is saved now in each field that was typed differently, where that matters."""
    rev: str | int
    accent: Accent | None
    """What becomes of the colour that the form shows."""
    saved: Site
    languages: Sequence[tuple[str, str]]
    """All languages that there are, by name."""
    done: str
    outcomes: ClassVar = _OUTCOMES
    limits: ClassVar = _LIMITS
    parts: ClassVar = PARTS


def typed_of(site: Site) -> dict[str, str]:
    """Return a site's face as its form has it."""
    languages = offered(site.languages)
    return {
        "name": site.name,
        "has_accent": "on" if site.accent else "",
        "accent": site.accent or _FIRST_OFFER,
        "address": site.contact.address,
        "phone": site.contact.phone,
        "email": site.contact.email,
        "language": languages[0],
        **{f"tagline_{code}": site.tagline.get(code, "") for code in LOCALES},
        **{f"offers_{code}": "on" if code in languages else "" for code in LOCALES},
    }


def show_face(
    admin: Administration, site: Site, form: Form | None = None, refusal: Refusal | None = None
) -> Template:
    """Show the form, with what was typed into it, and why it was refused.

    Args:
        admin: Who asks.
        site: As it is saved now.
        form: What was typed, if anything was.
        refusal: Why it was not saved, if so.
    """
    kept = typed_of(site)
    values = typed_into(form, kept) if form is not None else kept
    compares = isinstance(refusal, SiteChanged)
    has_colour = bool(values["has_accent"]) and is_colour(values["accent"].lower())
    page = FacePage(
        values=values,
        errors=refusal.fields if refusal else {},
        meanwhile=unlike(kept, values) if compares else {},
        rev=form["rev"] if form and "rev" in form and not compares else site.face_rev,
        accent=accent_of(values["accent"].lower()) if has_colour else None,
        saved=site,
        languages=[(code, _own_name(code)) for code in LOCALES],
        done=admin.visit.query("done"),
    )
    return admin.show("settings", "_accent", page, refusal=refusal)


async def saved(admin: Administration, path: str) -> Response[Any]:
    """Lead on after the site was changed, to a page that shows it as it is now."""
    await admin.visit.services.site.look()
    return admin.visit.go_to(path)


def _own_name(code: str) -> str:
    name = LOCALES[code].get_language_name() or code
    return name[:1].upper() + name[1:]
