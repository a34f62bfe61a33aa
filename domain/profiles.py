"""Profiles: what experts say of themselves, and what becomes of it on their page."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Annotated
from zoneinfo import available_timezones

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from domain.catalogue import CATEGORIES, expert_of
from domain.mornings import follow_zone
from domain.publishing import publish
from domain.rules import profiles as rules
from domain.rules.errors import Code, Refusal, Sentence
from domain.rules.languages import CODES, code_of
from domain.rules.meetings import MeetingKind, leads_to
from domain.rules.prices import CURRENCIES, price_rank, same_amount
from domain.rules.texts import shows_something
from domain.store.core.database import Database, Document
from domain.store.core.transactions import MOST_READS
from domain.store.documents import Expert, SignInLink
from domain.store.documents.agreements import Meeting
from domain.store.experts import profiles as store
from domain.store.experts import reading as experts
from domain.typed import Name, TypedForm, many_lines, one_line

HEADLINE_LIMIT = 120
BIO_LIMIT = 2_000
SKILL_LIMIT = 40
MOST_SKILLS = 12
SKILLS_LIMIT = (SKILL_LIMIT + 2) * MOST_SKILLS
LANGUAGES_LIMIT = 200
MOST_YEARS = 70
MEETING_LIMIT = 300

_MOST_DIGITS = 15

_WRONG_MEETING: Mapping[MeetingKind, Sentence] = {
    MeetingKind.VIDEO: Sentence("Enter a link that begins with https://."),
    MeetingKind.PHONE: Sentence("Enter a phone number like +49 30 123456."),
    MeetingKind.ADDRESS: Sentence("Enter the address where you meet."),
}


class ProfileChanged(Refusal):
    """PROFILE_CHANGED, with the profile as it is by now."""

    def __init__(self, expert: Expert) -> None:
        super().__init__(Code.PROFILE_CHANGED)
        self.expert = expert


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


def _rev(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS):
        raise PydanticCustomError(
            "rev", "This form is incomplete. Compare it with what is saved, and send it again."
        )
    return int(text)


def _zone(name: str) -> str:
    if name not in available_timezones():
        raise PydanticCustomError("zone", "Choose a time zone.")
    return name


def one_of(known: Collection[str]) -> AfterValidator:
    """Return a check that a value is one of a list."""

    def check(text: str) -> str:
        if text not in known:
            raise PydanticCustomError("choice", "Choose one of the list.")
        return text

    return AfterValidator(check)


class ProfileForm(TypedForm):
    """What an expert types."""

    rev: Annotated[int, BeforeValidator(_rev)]
    """Which revision of the profile the form was shown with."""
    name: Name
    headline: Annotated[str, Field(max_length=HEADLINE_LIMIT), AfterValidator(one_line)]
    category: Annotated[str, one_of(CATEGORIES)]
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


def applied(expert: Expert, form: ProfileForm) -> Expert:
    """Return an expert as the form would have them; nothing is saved."""
    return expert.model_copy(update={**_fields(expert, form), "meeting": _meeting(form)})


async def save(database: Database, expert: Expert, form: ProfileForm, *, now: datetime) -> None:
    """Save a profile; times and morning mail follow a new zone.

    Args:
        database: Where the expert is.
        expert: As read for this request.
        form: What was typed.
        now: The present instant.

    Raises:
        ProfileChanged: The profile is no longer what the form was shown with.
        Refusal: BUSY; EXPERT_UNKNOWN.
    """
    for _ in range(MOST_READS):
        if expert.profile_rev != form.rev:
            raise ProfileChanged(expert)
        fields = {**_fields(expert, form), "meeting": _meeting(form).model_dump_doc()}
        plans_anew = (form.zone, form.currency) != (expert.zone, expert.currency)
        if await store.save(database, expert, fields, plans_anew=plans_anew):
            if form.zone != expert.zone:
                await follow_zone(database, applied(expert, form), now=now)
            if plans_anew:
                await _publish(database, expert, now=now)
            return
        expert = await expert_of(database, expert.id)
    raise Refusal(Code.BUSY)


async def _publish(database: Database, expert: Expert, *, now: datetime) -> None:
    with suppress(Refusal):  # the profile is saved, and its expert is due: others go on
        await publish(database, expert.id, now=now)


async def rename(database: Database, expert: Expert, slug: str) -> str:
    """Change the name in an expert's address, and return it; former ones lead on to it.

    Raises:
        Refusal: FORM_INVALID.
    """
    slug = slug.strip().lower()
    if not rules.is_slug(slug):
        wrong = Sentence("Use 3 to 60 letters from a to z, digits, and hyphens between them.")
        raise Refusal(Code.FORM_INVALID, fields={"slug": wrong})
    if not await store.rename(database, expert.id, slug):
        taken = Sentence("This one is taken, or you have changed yours too often. Choose another.")
        raise Refusal(Code.FORM_INVALID, fields={"slug": taken})
    return slug


async def take_address(database: Database, link: SignInLink) -> bool:
    """Make the address that a link has proven the one of the link's expert.

    It counts for nothing when the expert has signed out on all devices since. Done twice, it is
    done once.

    Returns:
        Whether the expert has the address now.
    """
    expert = await experts.find(database, link.expert_id) if link.expert_id else None
    if expert is None:
        return False
    if expert.address == link.address:
        return True
    return await store.take_address(database, expert, link.address, asked_at=link.created_at)


def _fields(expert: Expert, form: ProfileForm) -> Document:
    """Return what a form says of an expert, with what follows from it, but for the meeting."""
    typed = form.model_dump(exclude={"rev", "meeting_kind", "meeting_text"})
    minor = same_amount(expert.price_minor, expert.currency, form.currency)
    return {
        **typed,
        "sort_name": rules.sort_name(form.name),
        "search_terms": rules.search_terms(form.name, form.headline, form.skills),
        "price_minor": minor,
        "price_rank": price_rank(minor, form.currency),
    }


def _meeting(form: ProfileForm) -> Meeting:
    return Meeting(kind=MeetingKind(form.meeting_kind), text=form.meeting_text)
