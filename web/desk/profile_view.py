"""The profile's page: its form with what was typed, and what can be chosen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from babel import Locale
from litestar.response import Template

from domain.desk import profile_forms
from domain.desk.profiles import ProfileChanged
from domain.rules.errors import Refusal, Sentence
from domain.rules.languages import CODES
from domain.rules.meetings import MeetingKind
from domain.rules.prices import CURRENCIES
from domain.rules.profiles import SLUG_LENGTHS
from domain.store.documents import Expert
from domain.typed import EMAIL_LIMIT, NAME_LIMIT
from web.desk.access import Desk
from web.http.forms import Form, unlike
from web.i18n.languages import LOCALES, translate
from web.i18n.languages import marked as _
from web.i18n.names import language_name
from web.i18n.zones import ZoneGroup, choices, valid_zone

_LIMITS = {
    "name": NAME_LIMIT,
    "headline": profile_forms.HEADLINE_LIMIT,
    "bio": profile_forms.BIO_LIMIT,
    "skills": profile_forms.SKILLS_LIMIT,
    "languages": profile_forms.LANGUAGES_LIMIT,
    "meeting_text": profile_forms.MEETING_LIMIT,
    "email": EMAIL_LIMIT,
    "slug": SLUG_LENGTHS[1],
}
_AS_IT_IS = ("name", "headline", "category", "bio", "text_language", "zone", "currency")

_MEETINGS: Mapping[MeetingKind, str] = {
    MeetingKind.VIDEO: _("By video: a link"),
    MeetingKind.PHONE: _("By phone: your number"),
    MeetingKind.ADDRESS: _("At an address"),
    MeetingKind.NONE: _("You arrange it with each attendee"),
}

_OUTCOMES: Mapping[str, str] = {
    "profile": _("Your profile is saved."),
    "address": _("Your page has its new address."),
    "email": _(
        "A link is on its way to the new address. Until it is followed, the old one counts."
    ),
    "portrait": _("Your portrait is changed."),
    "removed": _("Your picture is removed."),
}


def typed_of(expert: Expert, language: str) -> dict[str, str]:
    """Return a profile as its form has it, with languages by their names in the reader's own."""
    spoken = [language_name(LOCALES[language], code) for code in expert.languages]
    return {
        **{field: str(getattr(expert, field)) for field in _AS_IT_IS},
        "skills": "\n".join(expert.skills),
        "languages": ", ".join(spoken),
        "experience_years": str(expert.experience_years),
        "meeting_kind": expert.meeting.kind.value,
        "meeting_text": expert.meeting.text,
        "slug": expert.slug,
        "email": "",
    }


@dataclass(frozen=True)
class ProfilePage:
    """What the page shows."""

    values: Mapping[str, str]
    errors: Mapping[str, Sentence]
    meanwhile: Mapping[str, str]
    """What is saved now in each field that was typed differently, where that matters."""
    rev: str | int
    """Which revision of the profile the form goes by."""
    preview: Expert | None
    is_typed: bool
    done: str
    """What has just been done: one of `outcomes`, or nothing."""
    zone: str
    zones: Sequence[ZoneGroup]
    categories: Sequence[tuple[str, str]]
    text_languages: Sequence[tuple[str, str]]
    meetings: Sequence[tuple[str, str]]
    currencies: ClassVar = [(code, code) for code in sorted(CURRENCIES)]
    outcomes: ClassVar = _OUTCOMES
    limits: ClassVar = _LIMITS


def show_profile(
    desk: Desk,
    form: Form | None = None,
    refusal: Refusal | None = None,
    preview: Expert | None = None,
) -> Template:
    """Show the form, with what was typed into it, and why it was refused.

    Where the profile has changed meanwhile, or the form doesn't say which one it was shown with,
    both are shown, and the form goes by what is saved now.

    Args:
        desk: Whose profile.
        form: What was typed, if anything was.
        refusal: Why it was not saved, if so.
        preview: The expert as visitors would see them, if that is asked for.
    """
    kept = refusal.expert if isinstance(refusal, ProfileChanged) else desk.expert
    errors = refusal.fields if refusal else {}
    compares = isinstance(refusal, ProfileChanged) or "rev" in errors
    saved = typed_of(kept, desk.visit.language)
    values = {**saved, **{name: form[name] for name in saved if form and name in form}}
    language, zone = desk.visit.language, valid_zone(values["zone"]) or desk.expert.zone
    page = ProfilePage(
        values=values,
        errors=errors,
        meanwhile=unlike(_compared(saved), values) if compares else {},
        rev=form["rev"] if form and "rev" in form and not compares else kept.profile_rev,
        preview=preview,
        is_typed=form is not None,
        done=desk.visit.query("done"),
        zone=zone,
        zones=choices(zone, desk.visit.zone(zone)),
        categories=desk.visit.field_names,
        text_languages=_languages(LOCALES[language]),
        meetings=[(kind.value, translate(language, words)) for kind, words in _MEETINGS.items()],
    )
    return desk.show("profile", view=page, refusal=refusal)


def _compared(saved: Mapping[str, str]) -> dict[str, str]:
    """Return the fields that are saved together."""
    return {name: text for name, text in saved.items() if name not in {"slug", "email"}}


def _languages(locale: Locale) -> list[tuple[str, str]]:
    """Return the languages that a text can be in, by name."""
    named = {code: language_name(locale, code) for code in CODES}
    return sorted(named.items(), key=lambda item: item[1].casefold())
