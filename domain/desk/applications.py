"""Applications: how somebody becomes an expert, from the form until they wait for approval."""

import secrets
from datetime import datetime, timedelta
from typing import Annotated

from pydantic import AfterValidator, Field

from domain.account import sign_in
from domain.desk import profiles
from domain.desk.newcomers import Beginnings, Newcomer, expert_of
from domain.desk.profile_forms import Category
from domain.rules import profiles as rules
from domain.rules.errors import Code, Refusal
from domain.rules.request_limits import Asker
from domain.store.core.database import Database, Key
from domain.store.documents import LinkPurpose, SignInLink
from domain.store.documents.profiles import ExpertStatus
from domain.store.experts import applying as store
from domain.store.experts import reading as experts
from domain.typed import Email, Name, TypedForm, many_lines

UNPROVEN_FOR = timedelta(days=7)
"""How long an application is kept while its address is unproven."""
UNANSWERED_FOR = timedelta(days=30)
"""How long an invitation is."""

WORDS_LIMIT = 1_000

_MOST_TRIES = 8
_FIRST_TIME = {LinkPurpose.APPLICATION, LinkPurpose.INVITATION}


class ApplicationForm(TypedForm):
    """What a newcomer types."""

    name: Name
    email: Email
    category: Category = ""
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
    newcomer = Newcomer(form.name, form.email, form.category)
    begins = Beginnings(zone, language)
    draft = expert_of(newcomer, begins, ExpertStatus.DRAFT, now=now, words=form.words)
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


async def follow(database: Database, link: SignInLink, *, now: datetime) -> None:
    """Do what a proven link was requested for. Doing it twice changes nothing more.

    Raises:
        Refusal: LINK_SPENT, when that no longer counts; BUSY.
    """
    is_address = link.purpose is LinkPurpose.ADDRESS
    if is_address and not await profiles.take_address(database, link, now=now):
        raise Refusal(Code.LINK_SPENT)
    if link.purpose in _FIRST_TIME and link.expert_id is not None:
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
    """Delete applications and invitations that were not followed in time; return how many."""
    applied = await store.forget_unproven(database, ExpertStatus.DRAFT, now - UNPROVEN_FOR)
    invited = await store.forget_unproven(database, ExpertStatus.INVITED, now - UNANSWERED_FOR)
    return applied + invited
