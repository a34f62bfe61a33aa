"""Adding and removing administrators on the command line."""

from collections.abc import Sequence
from datetime import datetime

from domain.admin import administrators
from domain.booking.bookings import normal_address
from domain.rules.errors import Code, Refusal
from domain.rules.log import OPERATOR
from domain.store.core.database import Database
from web.console import Trouble
from web.server.admin_acts import AdminAct


async def add(database: Database, asked: AdminAct, now: datetime) -> Sequence[str]:
    """Add an administrator.

    Raises:
        Trouble: It is no address.
        Refusal: BUSY.
    """
    address = normal_address(asked.address)
    try:
        is_new = await administrators.add(database, address, by=OPERATOR, now=now)
    except Refusal as refusal:
        if refusal.code is not Code.FORM_INVALID:
            raise
        raise Trouble(f"{asked.address!r} is no e-mail address.") from refusal
    if is_new:
        return [f"{address} is an administrator, and signs in at /admin."]
    return [f"{address} is an administrator already."]


async def remove(database: Database, asked: AdminAct, now: datetime) -> Sequence[str]:
    """Remove an administrator.

    Raises:
        Trouble: They stay one, because the settings name them.
        Refusal: BUSY.
    """
    address = normal_address(asked.address)
    was_one = await administrators.remove(database, address, by=OPERATOR, now=now)
    if address in asked.named:
        raise Trouble(f"ADMINS names {address}: take it out there, and start again.")
    if was_one:
        return [f"{address} is an administrator no longer."]
    return [f"{address} is no administrator."]


async def listed(database: Database, asked: AdminAct) -> Sequence[str]:
    """Return a line for each administrator, or one that says how to add the first."""
    found = await administrators.listed(database, named=asked.named)
    if not found:
        return ["There is no administrator: `just admin add ADDRESS` adds one."]
    return [
        f"administrator  {address}{' (named by ADMINS)' if address in asked.named else ''}"
        for address in found
    ]
