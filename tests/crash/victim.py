"""The program that is killed: a process that carries one order out and dies on the way."""

import asyncio
import signal
from dataclasses import dataclass
from datetime import datetime

from pymongo import monitoring

from domain.store.database import Key, connect
from tests.crash.killer import Killer
from tests.model.site import Site
from tests.model.world import Order

KILLED = -signal.SIGKILL


@dataclass(frozen=True)
class Errand:
    """What the victim is sent to do."""

    uri: str
    keys: list[Key]
    prefix: str
    order: Order
    now: datetime
    step: int


def run(errand: Errand) -> None:
    """Carry the order out in this process; its end is all that anybody hears of it."""
    asyncio.run(_run(errand))


async def _run(errand: Errand) -> None:
    killer = Killer(errand.step)
    monitoring.register(killer)
    database = connect(errand.uri)
    await database.ping()
    killer.armed = True
    await Site(database, errand.keys, errand.prefix).run(errand.order, errand.now)
    killer.armed = False
    await database.close()
