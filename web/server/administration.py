"""What administrators do on the command line, and what they are told about it."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import TypeVar

from domain.admin.administrators import make_known
from domain.store.core.database import Database, connect
from domain.store.core.usable import said_plainly
from web.http import clock
from web.server import administrators, listing
from web.server.admin_acts import AdminAct, Doing

T = TypeVar("T")


async def _list(database: Database, asked: AdminAct, now: datetime) -> Sequence[str]:
    experts = await listing.not_listed(database, now)
    return [*experts, *await administrators.listed(database, asked)]


_ACTS: Mapping[str, Doing] = {
    "list": _list,
    "approve": listing.approve,
    "pause": listing.pause,
    "add": administrators.add,
    "remove": administrators.remove,
}


def administer(uri: str, asked: AdminAct) -> Sequence[str]:
    """Do what an administrator asks for, and return what to say about it.

    Raises:
        Trouble: It can't be done; it says why.
        DatabaseUnusable: The database can't be used.
    """
    return _done(uri, lambda database: _ACTS[asked.act](database, asked, clock.now()))


def make_administrators_known(uri: str, named: Collection[str]) -> None:
    """Give the administrators whom the settings name their keys.

    Raises:
        DatabaseUnusable: The database can't be used.
    """
    _done(uri, lambda database: make_known(database, named, now=clock.now()))


def _done(uri: str, work: Callable[[Database], Awaitable[T]]) -> T:
    async def do() -> T:
        database = connect(uri)
        try:
            return await work(database)
        finally:
            await database.close()

    with said_plainly():
        return asyncio.run(do())
