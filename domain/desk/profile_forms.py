"""The form of a profile: what an expert types, checked and read."""

from collections.abc import Collection, Mapping, Sequence
from functools import cache
from typing import Annotated
from zoneinfo import available_timezones

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from domain.rules.errors import Sentence
from domain.rules.languages import CODES, code_of
from domain.rules.meetings import MeetingKind, leads_to
from domain.rules.prices import CURRENCIES
from domain.rules.texts import shows_something
from domain.store.documents.site import CATEGORIES
from domain.typed import Name, Revision, TypedForm, many_lines, one_line

HEADLINE_LIMIT = 120
BIO_LIMIT = 2_000
SKILL_LIMIT = 40
MOST_SKILLS = 12
SKILLS_LIMIT = (SKILL_LIMIT + 2) * MOST_SKILLS
LANGUAGES_LIMIT = 200
MOST_YEARS = 70
MEETING_LIMIT = 300

_WRONG_MEETING: Mapping[MeetingKind, Sentence] = {
    MeetingKind.VIDEO: Sentence("Enter a link that begins with https://."),
    MeetingKind.PHONE: Sentence("Enter a phone number like +49 30 123456."),
    MeetingKind.ADDRESS: Sentence("Enter the address where you meet."),
}


def _items(text: str) -> list[str]:
    """Return what is listed in a text, a line each or behind commas, each once."""
    listed = (one_line(item) for line in many_lines(text).splitlines() for item in line.split(","))
    return list(dict.fromkeys(filter(None, listed)))


def _skills(text: str) -> Sequence[str]:
    skills = _items(text)
    if len(skills) > MOST_SKILLS:
        raise PydanticCustomError("too_many", "Name twelve skills at most.")
    if any(len(skill) > SKILL_LIMIT for skill in skills):
        raise PydanticCustomError("too_long", "Shorten each skill to 40 characters.")
    return skills


def _languages(text: str) -> Sequence[str]:
    codes = [code_of(name) for name in _items(text)]
    known = [code for code in dict.fromkeys(codes) if code]
    if not known or None in codes:
        raise PydanticCustomError("language", "Write languages by their names: English, German.")
    return known


def _years(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text[:4]) <= MOST_YEARS):
        raise PydanticCustomError("years", "Enter whole years, from 0 to 70.")
    return int(text)


@cache
def _zones() -> Collection[str]:
    return available_timezones()  # which reads a folder of files


def _zone(name: str) -> str:
    if name not in _zones():
        raise PydanticCustomError("zone", "Choose a time zone.")
    return name


def one_of(known: Collection[str]) -> AfterValidator:
    """Return a check that a value is one of a list."""

    def check(text: str) -> str:
        if text not in known:
            raise PydanticCustomError("choice", "Choose one of the list.")
        return text

    return AfterValidator(check)


def _category(key: str, info: ValidationInfo) -> str:
    if key not in (info.context or {}).get("fields", CATEGORIES):
        raise PydanticCustomError("choice", "Choose one of the list.")
    return key


Category = Annotated[str, AfterValidator(_category)]
"""A field of expertise; a form is read with those of the site as its `fields`."""


class ProfileForm(TypedForm):
    """What an expert types."""

    rev: Revision
    """Which revision of the profile the form was shown with."""
    name: Name
    headline: Annotated[str, Field(max_length=HEADLINE_LIMIT), AfterValidator(one_line)]
    category: Category
    bio: Annotated[str, Field(max_length=BIO_LIMIT), AfterValidator(many_lines)]
    text_language: Annotated[str, one_of(CODES)]
    skills: Annotated[Sequence[str], BeforeValidator(_skills)]
    languages: Annotated[Sequence[str], BeforeValidator(_languages)]
    experience_years: Annotated[int, BeforeValidator(_years)]
    zone: Annotated[str, AfterValidator(_zone)]
    currency: Annotated[str, one_of(CURRENCIES)]
    meeting_kind: Annotated[str, one_of([*MeetingKind])]
    meeting_text: Annotated[str, Field(max_length=MEETING_LIMIT), AfterValidator(one_line)]

    @field_validator("meeting_text")
    @classmethod
    def _leads_there(cls, text: str, info: ValidationInfo) -> str:
        """Check the text by its kind; nothing is kept beside none."""
        kind = MeetingKind(info.data.get("meeting_kind", MeetingKind.NONE))
        if kind is MeetingKind.NONE:
            return ""
        by_itself = kind is MeetingKind.ADDRESS and shows_something(text)
        if not (by_itself or leads_to(kind, text)):
            raise PydanticCustomError("meeting", _WRONG_MEETING[kind].text)
        return text
