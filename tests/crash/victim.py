"""The program that is killed: a process that carries one order out and dies on the way."""

import asyncio
import signal
from dataclasses import dataclass
from datetime import datetime
from multiprocessing.connection import Connection

from pymongo import monitoring

from domain.store.core.database import Key, connect
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


def run(errand: Errand, last_words: Connection) -> None:
    """Carry the order out in this process; what it leaves is its end, and its sessions' names."""
    asyncio.run(_run(errand, last_words))


async def _run(errand: Errand, last_words: Connection) -> None:
    killer = Killer(errand.step)
    killer.on_strike = lambda: last_words.send(killer.sessions)
    monitoring.register(killer)
    database = connect(errand.uri)
    await database.motor.admin.command("ping")
    killer.armed = True
    await Site(database, errand.keys, errand.prefix).run(errand.order, errand.now)
    killer.armed = False
    await database.close()
