"""Profiles: what experts say of themselves, and what becomes of it on their page."""

from contextlib import suppress
from datetime import datetime

from domain.acts import on_expert
from domain.desk.mornings import follow_zone
from domain.desk.profile_forms import ProfileForm
from domain.desk.publishing import publish
from domain.discovery.catalogue import expert_of
from domain.rules import profiles as rules
from domain.rules.errors import Code, Refusal, Sentence
from domain.rules.log import Action, Actor, ActorKind, FieldChange, changes_between
from domain.rules.meetings import MeetingKind
from domain.rules.prices import price_rank, same_amount
from domain.store.core.database import Database, Document
from domain.store.core.transactions import MOST_READS
from domain.store.documents import Expert, SignInLink
from domain.store.documents.agreements import Meeting
from domain.store.experts import profiles as store
from domain.store.experts import reading as experts

_TOLD = ("category", "text_language", "languages", "zone", "currency")
_PERSONAL = ("name", "headline", "bio", "skills", "experience_years", "meeting")
"""The fields of which the log tells what they were and are, and those of which it doesn't."""


class ProfileChanged(Refusal):
    """PROFILE_CHANGED, with the profile as it is by now."""

    def __init__(self, expert: Expert) -> None:
        super().__init__(Code.PROFILE_CHANGED)
        self.expert = expert


def applied(expert: Expert, form: ProfileForm) -> Expert:
    """Return an expert as the form would have them; nothing is saved."""
    return expert.model_copy(update={**_fields(expert, form), "meeting": _meeting(form)})


async def save(
    database: Database, expert: Expert, form: ProfileForm, *, by: Actor, now: datetime
) -> None:
    """Save a profile; times and morning mail follow a new zone.

    Args:
        database: Where the expert is.
        expert: As read for this request.
        form: What was typed.
        by: Who saves it.
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
        changes = _changes(expert, fields)
        act = on_expert(by, Action.PROFILE_SAVED, expert.id, now, changes) if changes else None
        if await store.save(database, expert, fields, act, plans_anew=plans_anew):
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


async def rename(database: Database, expert: Expert, slug: str, *, by: Actor, now: datetime) -> str:
    """Change the name in an expert's address, and return it; former ones lead on to it.

    Raises:
        Refusal: FORM_INVALID; BUSY.
    """
    slug = slug.strip().lower()
    if not rules.is_slug(slug):
        wrong = Sentence("Use 3 to 60 letters from a to z, digits, and hyphens between them.")
        raise Refusal(Code.FORM_INVALID, fields={"slug": wrong})
    changes = [FieldChange.of_personal("slug")]
    act = on_expert(by, Action.PROFILE_RENAMED, expert.id, now, changes)
    if not await store.rename(database, expert.id, slug, act):
        taken = Sentence("This one is taken, or you have changed yours too often. Choose another.")
        raise Refusal(Code.FORM_INVALID, fields={"slug": taken})
    return slug


async def take_address(database: Database, link: SignInLink, *, now: datetime) -> bool:
    """Make the address that a link has proven the one of the link's expert.

    It counts for nothing when the expert has signed out on all devices since. Done twice, it is
    done once.

    Returns:
        Whether the expert has the address now.

    Raises:
        Refusal: BUSY.
    """
    expert = await experts.find(database, link.expert_id) if link.expert_id else None
    if expert is None:
        return False
    if expert.address == link.address:
        return True
    changes, by = [FieldChange.of_personal("email")], Actor(ActorKind.EXPERT, str(expert.id))
    act = on_expert(by, Action.EMAIL_CHANGED, expert.id, now, changes)
    return await store.take_address(database, expert, link.address, act, asked_at=link.created_at)


def _changes(expert: Expert, fields: Document) -> list[FieldChange]:
    """Return what the log says that a form changes of an expert."""
    before, names = expert.model_dump_doc(), (*_TOLD, *_PERSONAL)
    told = {name: fields[name] for name in names}
    return changes_between(before, told, personal=_PERSONAL)


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
