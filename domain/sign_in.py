"""Signing in without a password: an address proves itself by a single-use link."""

import secrets
from datetime import datetime, timedelta

from domain.bookings import normal_address
from domain.errors import Code, Refusal
from domain.store import bookings, sign_in_links, waitlist
from domain.store.database import Database, Key
from domain.store.documents import SignInLink

LINK_LIFETIME = timedelta(minutes=30)
PROOF_LIFETIME = timedelta(days=30)
"""How long a browser may see an address's bookings after it proved the address."""

AGAIN = timedelta(minutes=1)
"""How long the browser that used a link may use it again: its form may arrive more than once."""

LIMIT_WINDOW = timedelta(hours=1)
LINKS_PER_ADDRESS = 5
LINKS_PER_SOURCE = 30


async def request_link(database: Database, email: str, *, source: str, now: datetime) -> SignInLink:
    """Make a sign-in link for an address.

    Nothing here asks whether it is known, so that nobody learns from the answer who books or waits:
    that is looked up when the mail is sent.

    Args:
        database: Where links are kept.
        email: A valid address, in any case.
        source: A digest of where the request came from.
        now: The present instant.

    Returns:
        The link to mail.

    Raises:
        Refusal: TOO_MANY_LINKS.
    """
    address = normal_address(email)
    await _refuse_too_many(database, address, source, now)
    link = SignInLink(
        id=Key(),
        key=secrets.token_urlsafe(24),
        address=address,
        source=source,
        created_at=now,
        expires_at=now + LINK_LIFETIME,
    )
    await sign_in_links.insert(database, link)
    return link


async def address_is_known(database: Database, address: str) -> bool:
    """Say whether something is kept that whoever has an address can see, take along and erase."""
    return await bookings.address_is_known(database, address) or (
        await waitlist.address_is_known(database, address)
    )


async def _refuse_too_many(database: Database, address: str, source: str, now: datetime) -> None:
    since = now - LIMIT_WINDOW
    of_address = await sign_in_links.count_of_address(database, address, since=since)
    of_source = await sign_in_links.count_of_source(database, source, since=since)
    if of_address >= LINKS_PER_ADDRESS or of_source >= LINKS_PER_SOURCE:
        raise Refusal(Code.TOO_MANY_LINKS)


async def look_at_link(database: Database, key: str, *, now: datetime) -> SignInLink:
    """Return a link that can still be used, without using it.

    Raises:
        Refusal: LINK_SPENT, when it was used, has expired or never was.
    """
    link = await sign_in_links.find(database, key)
    if link is None or link.used_at is not None or link.expires_at <= now:
        raise Refusal(Code.LINK_SPENT)
    return link


async def spend_link(database: Database, key: str, visitor_id: str, *, now: datetime) -> str:
    """Use a link up and return the address it proves. Of two browsers at once one succeeds.

    The same form sent again, at once or within a minute, gets the same answer.

    Raises:
        Refusal: LINK_SPENT.
    """
    spent = await sign_in_links.spend(database, key, visitor_id, now=now)
    link = await sign_in_links.find(database, key)
    if link is None or not (spent or _may_use_again(link, visitor_id, now)):
        raise Refusal(Code.LINK_SPENT)
    return link.address


def _may_use_again(link: SignInLink, visitor_id: str, now: datetime) -> bool:
    return link.used_at is not None and link.used_by == visitor_id and now < link.used_at + AGAIN
