"""Administrators: who may see /admin. It is looked up for each request, never kept."""

from collections.abc import Collection, Mapping
from datetime import datetime

from domain.acts import on_administrator
from domain.booking.bookings import normal_address
from domain.rules.instants import NEVER
from domain.rules.log import Action, Actor, ActorKind
from domain.store import administrators as store
from domain.store.core.database import Database
from domain.store.documents.administrators import Administrator
from domain.store.log import reading as logged
from domain.typed import AddressForm


async def entitled(
    database: Database, addresses: Collection[str], *, named: Collection[str]
) -> list[Administrator]:
    """Return the administrators among some addresses, signed in or not.

    Args:
        database: Where administrators are kept.
        addresses: In lower case.
        named: The addresses that the settings name.
    """
    found = await store.of_addresses(database, addresses) if addresses else []
    return [one for one in found if one.address in named or one.removed_at == NEVER]


def signed_in_among(
    found: Collection[Administrator], signed_in: Mapping[str, datetime]
) -> Administrator | None:
    """Return the first of some administrators who has not signed out everywhere since signing in.

    Args:
        found: Those who may work there.
        signed_in: The addresses that signed in at a browser, in lower case, and when each did.
    """
    return next((one for one in found if one.signed_out_at < signed_in[one.address]), None)


async def administrator_at(
    database: Database, signed_in: Mapping[str, datetime], *, named: Collection[str]
) -> Administrator | None:
    """Return the administrator who is signed in at a browser, if there is one."""
    return signed_in_among(await entitled(database, signed_in, named=named), signed_in)


async def make_known(database: Database, named: Collection[str], *, now: datetime) -> None:
    """Give each address that the settings name a key for the log."""
    await store.make_known(database, sorted(named), now=now)


async def add(database: Database, address: str, *, by: Actor, now: datetime) -> bool:
    """Make an address an administrator's.

    Returns:
        False when it was one already.

    Raises:
        Refusal: FORM_INVALID, for what is no address; BUSY.
    """
    address = normal_address(AddressForm.read({"email": address}).email)
    await store.make_known(database, [address], now=now)
    (administrator,) = await store.of_addresses(database, [address])
    if administrator.removed_at == NEVER:
        return False
    act = on_administrator(by, Action.ADMINISTRATOR_ADDED, administrator.id, now)
    added = {"added_at": now, "removed_at": NEVER}
    return await store.change(database, administrator, added, act)


async def remove(database: Database, address: str, *, by: Actor, now: datetime) -> bool:
    """Let an address administer no longer, from its next request on.

    One that the settings name goes on doing so.

    Returns:
        False when it was not added, or was removed already.

    Raises:
        Refusal: BUSY.
    """
    found = await store.of_addresses(database, [normal_address(address)])
    if not found or found[0].removed_at < NEVER:
        return False
    act = on_administrator(by, Action.ADMINISTRATOR_REMOVED, found[0].id, now)
    return await store.change(database, found[0], {"removed_at": now}, act)


async def forget_former(database: Database, *, named: Collection[str]) -> None:
    """Delete administrators who were removed and no longer appear in the log."""
    for one in await store.everyone(database):
        is_former = one.removed_at < NEVER and one.address not in named
        if is_former and not await logged.names(database, str(one.id)):
            await store.forget(database, one)


async def listed(database: Database, *, named: Collection[str]) -> list[str]:
    """Return the addresses of all administrators, in order."""
    added = [one.address for one in await store.everyone(database) if one.removed_at == NEVER]
    return sorted({*added, *named})


async def sign_out(
    database: Database, administrator: Administrator, *, by: Actor, now: datetime
) -> None:
    """End the sign-ins of all browsers to /admin by an address.

    Raises:
        Refusal: BUSY.
    """
    act = on_administrator(by, Action.SIGNED_OUT_EVERYWHERE, administrator.id, now)
    await store.change(database, administrator, {"signed_out_at": now}, act)


def by_administrator(administrator: Administrator) -> Actor:
    """Return the administrator as whoever does something."""
    return Actor(ActorKind.ADMINISTRATOR, str(administrator.id))
