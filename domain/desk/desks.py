"""Desks: which experts a browser may act for. It is looked up for each request, never kept."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from domain.acts import on_expert
from domain.booking.bookings import normal_address
from domain.rules.errors import Code, Refusal
from domain.rules.log import Action, Actor, ActorKind
from domain.store.core.database import Database
from domain.store.documents import Expert
from domain.store.documents.profiles import GONE, UNPROVEN
from domain.store.experts import choices
from domain.store.experts import reading as experts
from domain.store.log import acting

SIGN_IN_LIFETIME = timedelta(hours=12)
"""How long a sign-in to a desk outlives the last use of it."""


async def experts_at(database: Database, signed_in: Mapping[str, datetime]) -> list[Expert]:
    """Return the experts whose desks are open to a browser, by name.

    Args:
        database: Where experts are kept.
        signed_in: The addresses that signed in there, in lower case, and when each did.
    """
    found = await experts.of_addresses(database, signed_in) if signed_in else []
    return [expert for expert in found if _is_open(expert, signed_in)]


def _is_open(expert: Expert, signed_in: Mapping[str, datetime]) -> bool:
    """Go by the e-mail itself: an address that does not keep up with it opens nothing."""
    signed_in_at = signed_in.get(normal_address(expert.email))
    return signed_in_at is not None and expert.signed_out_at < signed_in_at


async def find(database: Database, slug: str) -> Expert | None:
    """Return the expert at whose desk an administrator can be: any whose address is proven."""
    expert = await experts.find_by_slug(database, slug)
    return None if expert is None or expert.status in UNPROVEN | GONE else expert


async def visit(database: Database, slug: str, *, by: Actor, now: datetime) -> Expert:
    """Return the expert to whose desk an administrator goes; the log says so.

    Raises:
        Refusal: EXPERT_UNKNOWN; BUSY.
    """
    expert = await find(database, slug)
    if expert is None:
        raise Refusal(Code.EXPERT_UNKNOWN)
    await acting.log_alone(database, on_expert(by, Action.DESK_OPENED, expert.id, now))
    return expert


def by_expert(expert: Expert) -> Actor:
    """Return the expert as whoever does something."""
    return Actor(ActorKind.EXPERT, str(expert.id))


async def sign_out(database: Database, expert: Expert, *, by: Actor, now: datetime) -> None:
    """End the sign-ins of all browsers to an expert's desk.

    Raises:
        Refusal: BUSY.
    """
    act = on_expert(by, Action.SIGNED_OUT_EVERYWHERE, expert.id, now)
    await choices.sign_out(database, expert.id, act)
