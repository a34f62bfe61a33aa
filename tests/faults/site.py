"""What is broken: two server processes on a set of three nodes, a mail server, and the checks' own
connection."""

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TypeVar

from domain.store.core.database import Database, connect
from domain.store.core.migrate import migrate
from domain.store.documents import Expert, Slot
from tests.factories import make_expert
from tests.live.support import add_slots
from tests.mail.support import Postman, smtp_server
from tests.nodes import Guard
from tests.processes import Worker
from tests.replica_set import ReplicaSet
from tests.servers import Server, Setting, start_servers
from web.http import clock

DATABASE = "faults"
THREE_HOURS = timedelta(hours=3)
T = TypeVar("T")
_SPAN = 300
"""How many times an expert offers: 100 hours, so that a page's week shows all of them."""

_FAULTS = re.compile(
    r"^Traceback \(most recent.*\n(?: .*\n)*.*|.*\bstatus=500\b.*|.*\] fault\b.*", re.MULTILINE
)

_THE_DRIVERS = "in _process_kill_cursors"
"""What PyMongo prints by itself when a dead server can't be told to forget a cursor."""


@dataclass(frozen=True)
class Site:
    """Everything that a scenario needs."""

    set: ReplicaSet
    servers: Sequence[Server]
    postman: Postman
    database: Database
    """The checks' own, for while the set is whole."""
    guard: Guard
    read: dict[str, int] = field(default_factory=dict)
    """How much of each log was looked at."""

    async def experts(self, count: int) -> list[tuple[Expert, list[Slot]]]:
        """Publish experts that nobody has looked at yet, and their times, from three hours on."""
        soon = clock.now().replace(minute=0, second=0, microsecond=0) + THREE_HOURS
        found = []
        for _ in range(count):
            expert = await make_expert(self.database, zone="UTC")
            found.append((expert, await add_slots(self.database, expert.id, _SPAN, starts_at=soon)))
        return found

    def workers(self) -> list[int]:
        """Return the processes that answer, of each server one."""
        return [Worker(server.process.pid).pid for server in self.servers]

    def faults_logged(self) -> list[str]:
        """Return what the logs, since the last look, tell of faults of ours."""
        found: list[str] = []
        for server in self.servers:
            text = server.output
            fresh = text[self.read.get(server.url, 0) :]
            self.read[server.url] = len(text)
            found += [told for told in _FAULTS.findall(fresh) if _THE_DRIVERS not in told]
        return found


@asynccontextmanager
async def beside(manager: AbstractContextManager[T]) -> AsyncIterator[T]:
    """Enter and leave a context without blocking the loop, which others need meanwhile."""
    found = await asyncio.to_thread(manager.__enter__)
    try:
        yield found
    finally:
        await asyncio.to_thread(manager.__exit__, None, None, None)


@asynccontextmanager
async def site(nodes: ReplicaSet, **variables: Setting) -> AsyncIterator[Site]:
    """Run two servers on the set, and a mail server that takes what they send."""
    uri, postman = nodes.uri(DATABASE), Postman()
    async with AsyncExitStack() as running:
        await asyncio.to_thread(migrate, uri)
        database = connect(uri)
        running.push_async_callback(database.close)
        await make_expert(database)  # so that no catalogue is seeded
        host = await running.enter_async_context(smtp_server(postman))
        settings: dict[str, Setting] = {"SMTP_URL": f"smtp://{host}", "HOLDS_PER_IP": 100_000}
        starting = start_servers(2, uri, **settings, **variables)
        servers = await running.enter_async_context(beside(starting))
        guard = Guard()
        running.callback(guard.end)
        for server in servers:
            guard.watch(server.process.pid)
        yield Site(nodes, servers, postman, database, guard)
