"""Invitations: administrators ask people to become experts.

An invitation proves its address and opens a desk. Approval is another step.
"""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from domain.acts import on_expert
from domain.admin.invitees import BadLine, Invitee, LinesRefused
from domain.booking.bookings import normal_address
from domain.desk.newcomers import Beginnings, Newcomer, expert_of
from domain.rules.errors import Sentence
from domain.rules.log import Action, Actor
from domain.store.core.database import Database, Key
from domain.store.documents import Expert, LinkPurpose, SignInLink
from domain.store.documents.profiles import ExpertStatus
from domain.store.experts import inviting as store
from domain.store.experts import reading as experts

LINK_LIFETIME = timedelta(days=14)
_AGAIN = timedelta(minutes=1)
"""How soon the same invitation counts as a form that has arrived twice."""


async def invite(
    database: Database,
    people: Sequence[Invitee],
    category: str,
    begins: Beginnings,
    *,
    by: Actor,
    now: datetime,
) -> int:
    """Invite people by mail; whoever was invited and has not come gets another link.

    Args:
        database: Where experts are kept.
        people: Whom to invite.
        category: The field of expertise that their profiles begin with.
        begins: What else they begin with.
        by: Who invites them.
        now: The present instant.

    Returns:
        How many mails are on their way.

    Raises:
        LinesRefused: One of them is an expert already; nobody was invited.
        Refusal: BUSY: some may be invited, and inviting all again does the rest.
    """
    await _refuse_experts(database, people)
    newcomers = [Newcomer(person.name, person.email, category) for person in people]
    sent = [await _invite(database, one, begins, by=by, now=now) for one in newcomers]
    return sum(sent)


async def _refuse_experts(database: Database, people: Sequence[Invitee]) -> None:
    found = await experts.of_addresses(database, [one.address for one in people])
    names = {expert.address: expert.name for expert in found}
    bad = [
        BadLine(
            one.line,
            one.email,
            Sentence("%(name)s is an expert already.", {"name": names[one.address]}),
        )
        for one in people
        if one.address in names
    ]
    if bad:
        raise LinesRefused(bad)


async def _invite(
    database: Database, newcomer: Newcomer, begins: Beginnings, *, by: Actor, now: datetime
) -> bool:
    earlier = await store.invited_at(database, normal_address(newcomer.email))
    if earlier and earlier.applied_at and now - earlier.applied_at < _AGAIN:
        return False
    invited = expert_of(newcomer, begins, ExpertStatus.INVITED, now=now)
    if earlier:
        same = {"id": earlier.id, "slug": earlier.slug, "slugs": earlier.slugs}
        invited = invited.model_copy(update=same)
    link = SignInLink(
        id=Key(),
        key=secrets.token_urlsafe(24),
        address=invited.address,
        purpose=LinkPurpose.INVITATION,
        expert_id=invited.id,
        created_at=now,
        expires_at=now + LINK_LIFETIME,
    )
    act = on_expert(by, Action.EXPERT_INVITED, invited.id, now)
    return await store.invite(database, invited, link, act, again=earlier is not None)


async def invitation_of(database: Database, invited: Expert, *, now: datetime) -> SignInLink | None:
    """Return the link by which somebody can still come to their desk for the first time."""
    link = await store.link_of(database, invited)
    is_open = link is not None and link.used_at is None and now < link.expires_at
    return link if is_open else None
