"""Asking: what people ask for is counted, so that nobody asks for too much.

Nothing here looks up whether an address is known, so no answer tells.
"""

from collections.abc import Sequence
from datetime import datetime

from domain.rules import request_limits as limits
from domain.rules.notices import Recipient
from domain.rules.request_limits import Act, Asker, Rate
from domain.store.core import counts
from domain.store.core.database import Database, Key


async def count_link(database: Database, asker: Asker, address: str, *, now: datetime) -> bool:
    """Count a request for a sign-in link; say whether the link is mailed.

    From one network an address gets a few links. What other networks ask for doesn't stop that:
    only the total of all of them ends the mail, and the answer stays the same. A browser that has
    proven the address is counted apart, so that nobody can lock it out.

    Raises:
        Refusal: TOO_MANY_LINKS; BUSY.
    """
    await counts.take(database, limits.LINKS_OF_NETWORK, asker.here, now=now)
    if address not in asker.proven:
        there = asker.with_address_here(address)
        await counts.take(database, limits.LINKS_OF_ADDRESS_THERE, there, now=now)
    total = asker.with_address(address)
    return await counts.passes(database, limits.LINKS_OF_ADDRESS, total, now=now)


async def count_entry(database: Database, asker: Asker, *, now: datetime) -> None:
    """Count a request for a waitlist entry.

    Raises:
        Refusal: TOO_MANY_WAITS; BUSY.
    """
    await counts.take(database, limits.ENTRIES_OF_NETWORK, asker.here, now=now)


async def count_letter(database: Database, asker: Asker, address: str, *, now: datetime) -> bool:
    """Count a mail that confirms a waitlist entry; say whether it is sent.

    Raises:
        Refusal: BUSY.
    """
    who = asker.with_address(address)
    return await counts.passes(database, limits.LETTERS_OF_ADDRESS, who, now=now)


async def count_resend(
    database: Database, booking_id: Key, audience: Recipient, *, now: datetime
) -> None:
    """Count a mail of a booking that its attendee or its expert has sent once more.

    Raises:
        Refusal: TOO_MANY_RESENDS; BUSY.
    """
    await counts.take(database, limits.RESENDS_OF_BOOKING, f"{booking_id}:{audience}", now=now)


async def count_act(
    database: Database, asker: Asker | None, act: Act, address: str, *, now: datetime
) -> None:
    """Count what somebody does with a booking, by their network and by the booking's address.

    Args:
        database: Where counts are kept.
        asker: Who it is; None: nobody is counted.
        act: What they do.
        address: The booking's.
        now: The instant of the request.

    Raises:
        Refusal: TOO_MANY_BOOKINGS; TOO_MANY_CHANGES; BUSY.
    """
    if asker is not None:
        await counts.take_each(database, _counted_by(asker, act, address), now=now)


async def is_strained(
    database: Database, asker: Asker | None, act: Act, address: str, *, now: datetime
) -> bool:
    """Say whether what was counted so is past half of a limit, for the network or the address."""
    if asker is None:
        return False
    for rate, who in _counted_by(asker, act, address):
        if await counts.is_strained(database, rate, who, now=now):
            return True
    return False


def _counted_by(asker: Asker, act: Act, address: str) -> Sequence[tuple[Rate, str]]:
    return [
        (asker.allowance.of_network(act), asker.here),
        (asker.allowance.of_address(act), asker.with_address(address)),
    ]
