"""Signing out on all devices: what an address opens, it opens no longer where it signed in before.

A browser keeps its sign-ins in its own cookie, so what ends them is an instant for each address.
"""

from collections.abc import Collection, Mapping
from datetime import datetime

from domain.account.sign_in import PROOF_LIFETIME
from domain.admin import administrators
from domain.desk import desks
from domain.rules.errors import Code, Refusal
from domain.rules.log import Actor
from domain.store import sign_outs as store
from domain.store.core.database import Database
from domain.store.experts import reading as experts


async def ended_at(database: Database, addresses: Collection[str]) -> Mapping[str, datetime]:
    """Return when some addresses signed out on all devices; most never did."""
    found = await store.of_addresses(database, addresses) if addresses else []
    return {one.address: one.at for one in found}


async def sign_out_everywhere(
    database: Database,
    addresses: Collection[str],
    *,
    admins: Collection[str],
    by: Actor | None = None,
    now: datetime,
) -> None:
    """End what some addresses opened in any browser: their bookings, desks and administration.

    Args:
        database: Where that is kept.
        addresses: In lower case, each proven.
        admins: The addresses that the settings name as administrators'.
        by: Who ends it, for the log; None: experts and administrators themselves.
        now: The present instant; signing in later counts again.

    Raises:
        Refusal: ADDRESS_UNPROVEN, when there are none; BUSY, with some of it ended: signing out
            again ends the rest.
    """
    if not addresses:
        raise Refusal(Code.ADDRESS_UNPROVEN)
    for address in addresses:
        await store.note(database, address, now=now, until=now + PROOF_LIFETIME)
    for expert in await experts.of_addresses(database, addresses):
        await desks.sign_out(database, expert, by=by or desks.by_expert(expert), now=now)
    for one in await administrators.entitled(database, addresses, named=admins):
        by_one = by or administrators.by_administrator(one)
        await administrators.sign_out(database, one, by=by_one, now=now)
