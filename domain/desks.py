"""Desks: which experts a browser may act for. It is looked up for each request, never kept."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from domain.bookings import normal_address
from domain.store.core.database import Database
from domain.store.documents import Expert
from domain.store.experts import reading as experts

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


async def sign_out_everywhere(database: Database, expert: Expert, *, now: datetime) -> None:
    """End the sign-ins of all browsers to an expert's desk, this one's included."""
    await experts.sign_out(database, expert.id, now=now)
