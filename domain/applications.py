"""Applications: how somebody becomes an expert, from the form until they wait for approval."""

import secrets
from datetime import datetime, timedelta
from typing import Annotated

from pydantic import AfterValidator, Field

from domain import profiles, sign_in
from domain.bookings import normal_address
from domain.catalogue import CATEGORIES
from domain.profile_forms import one_of
from domain.rules import profiles as rules
from domain.rules.errors import Code, Refusal
from domain.rules.instants import NEVER
from domain.rules.request_limits import Asker
from domain.store.core.database import Database, Key
from domain.store.documents import Expert, LinkPurpose, SignInLink
from domain.store.documents.profiles import ExpertStatus
from domain.store.experts import applying as store
from domain.store.experts import reading as experts
from domain.typed import Email, Name, TypedForm, many_lines

UNPROVEN_FOR = timedelta(days=7)
"""How long an application is kept while its address is unproven."""

WORDS_LIMIT = 1_000

_MOST_TRIES = 8
_SESSION_MINUTES = 50
_CURRENCY = "EUR"


class ApplicationForm(TypedForm):
    """What a newcomer types."""

    name: Name
    email: Email
    category: Annotated[str, one_of(CATEGORIES)] = ""
    words: Annotated[str, Field(max_length=WORDS_LIMIT), AfterValidator(many_lines)] = ""


async def apply(
    database: Database,
    form: ApplicationForm,
    asker: Asker,
    *,
    zone: str,
    language: str,
    now: datetime,
) -> SignInLink | None:
    """Keep an application, and make the link that proves its address.

    It does the same for every address, so that nobody learns who is an expert already.

    Args:
        database: Where experts are kept.
        form: What was typed.
        asker: Who asks.
        zone: The IANA zone in which the newcomer reads times, to begin with.
        language: The language they read, to begin with.
        now: The present instant.

    Returns:
        The link to mail; None if the address was sent too many, which no answer shows.

    Raises:
        Refusal: TOO_MANY_LINKS; BUSY.
    """
    draft = _draft(form, zone=zone, language=language, now=now)
    link = await sign_in.request_link(
        database,
        form.email,
        asker,
        now=now,
        purpose=LinkPurpose.APPLICATION,
        expert=draft,
    )
    if link is not None:
        await store.insert_draft(database, draft)
    return link


def _draft(form: ApplicationForm, *, zone: str, language: str, now: datetime) -> Expert:
    slug = f"draft-{secrets.token_hex(8)}"  # a name of its own comes with the proof
    return Expert(
        id=Key(),
        slug=slug,
        slugs=[slug],
        name=form.name,
        sort_name=rules.sort_name(form.name),
        headline="",
        category=form.category,
        bio="",
        text_language=language,
        skills=[],
        languages=[language],
        experience_years=0,
        rating=0,
        session_minutes=_SESSION_MINUTES,
        price_minor=0,
        currency=_CURRENCY,
        price_rank=0,
        zone=zone,
        email=form.email,
        address=normal_address(form.email),
        search_terms=rules.search_terms(form.name, "", []),
        next_free_at=NEVER,
        status=ExpertStatus.DRAFT,
        listed=False,
        applied_at=now,
        application=form.words,
    )


async def follow(database: Database, link: SignInLink) -> None:
    """Do what a proven link was requested for. Doing it twice changes nothing more.

    Raises:
        Refusal: LINK_SPENT, when that no longer counts; BUSY.
    """
    if link.purpose is LinkPurpose.ADDRESS and not await profiles.take_address(database, link):
        raise Refusal(Code.LINK_SPENT)
    if link.purpose is LinkPurpose.APPLICATION and link.expert_id is not None:
        await _prove(database, link.expert_id)


async def _prove(database: Database, expert_id: Key) -> None:
    expert = await experts.find(database, expert_id)
    if expert is None:  # another application of the same address took its place
        raise Refusal(Code.LINK_SPENT)
    for number in (None, *(secrets.randbelow(9_000) + 1_000 for _ in range(_MOST_TRIES))):
        if await store.prove(database, expert_id, rules.slug_of(expert.name, number)):
            return
    raise Refusal(Code.BUSY)


async def forget_unproven(database: Database, *, now: datetime) -> int:
    """Delete applications whose address was not proven in time; return how many."""
    return await store.forget_unproven(database, now - UNPROVEN_FOR)
