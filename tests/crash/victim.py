"""The program that is killed: a process that does one thing and dies on the way."""

import asyncio
import signal
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

from bson.binary import UUID_SUBTYPE, Binary
from pymongo import monitoring

from domain.store.core.database import Database, connect
from tests.crash.killer import Killer

KILLED = -signal.SIGKILL


@dataclass(frozen=True)
class Errand:
    """What the victim is sent to do, and at which step it dies."""

    uri: str
    act: Callable[[Database], Awaitable[object]]
    """A function of a module, or a `partial` of one: it goes to another process."""
    step: int


def run(errand: Errand, last_words: Connection) -> None:
    """Do it in this process; what it leaves is its end, and its sessions' names."""
    asyncio.run(_run(errand, last_words))


async def _run(errand: Errand, last_words: Connection) -> None:
    killer = Killer(errand.step)
    killer.on_strike = lambda: last_words.send(killer.sessions)
    monitoring.register(killer)
    database = connect(errand.uri)
    await database.motor.admin.command("ping")
    killer.armed = True
    await errand.act(database)
    killer.armed = False
    await database.close()


async def killed(database: Database, processes: Any, errand: Errand) -> bool:
    """Send a victim; say whether it was killed before it was done."""
    heard, last_words = processes.Pipe(duplex=False)
    process = processes.Process(target=run, args=(errand, last_words))
    process.start()
    await asyncio.to_thread(process.join, 60)
    assert process.exitcode in {0, KILLED}, process.exitcode
    if process.exitcode != KILLED:
        return False
    left = [{"id": Binary(name, UUID_SUBTYPE)} for name in heard.recv()]
    if left:  # of none it would end those of everybody
        await database.motor.admin.command("killSessions", left)  # by themselves it takes a minute
    return True
