"""Signing in without a password: an address proves itself by a single-use link."""

import secrets
from datetime import datetime, timedelta

from domain import asking
from domain.booking.bookings import normal_address
from domain.rules.errors import Code, Refusal
from domain.rules.request_limits import Asker
from domain.store import administrators
from domain.store.bookings import reading as bookings
from domain.store.core.database import Database, Key
from domain.store.documents import Expert, LinkPurpose, SignInLink
from domain.store.experts import reading as experts
from domain.store.mail import sign_in_links
from domain.store.waitlist import entries as waitlist

LINK_LIFETIME = timedelta(minutes=30)
PROOF_LIFETIME = timedelta(days=30)
"""How long a browser may see an address's bookings after it proved the address."""

AGAIN = timedelta(minutes=1)
"""How long the browser that used a link may use it again: its form may arrive more than once."""


async def request_link(
    database: Database,
    email: str,
    asker: Asker,
    *,
    now: datetime,
    purpose: LinkPurpose = LinkPurpose.SIGN_IN,
    expert: Expert | None = None,
) -> SignInLink | None:
    """Make a sign-in link for an address.

    Nothing here asks whether it is known, so that nobody learns from the answer who books or waits:
    that is looked up when the mail is sent.

    Args:
        database: Where links are kept.
        email: A valid address, in any case.
        asker: Who asks.
        now: The present instant.
        purpose: What comes of the address once it is proven.
        expert: Whose application or address it is about, if so.

    Returns:
        The link to mail; None if the address was sent too many, which no answer shows.

    Raises:
        Refusal: TOO_MANY_LINKS; BUSY.
    """
    address = normal_address(email)
    if not await asking.count_link(database, asker, address, now=now):
        return None
    link = SignInLink(
        id=Key(),
        key=secrets.token_urlsafe(24),
        address=address,
        purpose=purpose,
        expert_id=expert.id if expert else None,
        created_at=now,
        expires_at=now + LINK_LIFETIME,
    )
    await sign_in_links.insert(database, link)
    return link


async def address_is_known(database: Database, address: str) -> bool:
    """Say whether an address has something to see: bookings, a place in line, a desk, /admin."""
    return (
        await bookings.address_is_known(database, address)
        or await waitlist.address_is_known(database, address)
        or await experts.address_is_known(database, address)
        or bool(await administrators.of_addresses(database, [address]))
    )


async def look_at_link(database: Database, key: str, *, now: datetime) -> SignInLink:
    """Return a link that can still be used, without using it.

    Raises:
        Refusal: LINK_SPENT, when it was used, has expired or never was.
    """
    link = await sign_in_links.find(database, key)
    if link is None or link.used_at is not None or link.expires_at <= now:
        raise Refusal(Code.LINK_SPENT)
    return link


async def spend_link(database: Database, key: str, visitor_id: str, *, now: datetime) -> SignInLink:
    """Use a link up and return it: it proves its address. Of two browsers at once one succeeds.

    Waitlist entries that the browser has under that address move ahead of unproven ones.

    The same form sent again, at once or within a minute, gets the same answer.

    Raises:
        Refusal: LINK_SPENT.
    """
    spent = await sign_in_links.spend(database, key, visitor_id, now=now)
    link = await sign_in_links.find(database, key)
    if link is None or not (spent or _may_use_again(link, visitor_id, now)):
        raise Refusal(Code.LINK_SPENT)
    await waitlist.prove_all(database, link.address, visitor_id)
    return link


def _may_use_again(link: SignInLink, visitor_id: str, now: datetime) -> bool:
    return link.used_at is not None and link.used_by == visitor_id and now < link.used_at + AGAIN
