"""Listeners of an event stream, as cheap as they can be: thousands of them in one process."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from pymongo import MongoClient

from domain.rules.instants import EPOCH
from domain.store.core.database import Document, Key, database_name
from tests.bench.connections import connect, request_for
from tests.bench.processes import Served, private_kib, processor_us
from web.http import clock

COUNTED_S = 1.3
"""Longer than the stream waits before it tells how many times of a day are free."""
PATIENCE_S = 30.0
HOLD = timedelta(minutes=5)
_AT_ONCE = 50

FIRST_REV = 1_000_000
"""The revision that the first change gives a time, which is not counted; each has the next."""

Change = Callable[[int], float]
"""Gives a time a revision, and returns the instant at which that began."""


def marker(rev: int) -> bytes:
    """Return what tells a listener of a change: the revision that it gives a time."""
    return b'data-rev="%d"' % rev


@dataclass
class Crowd:
    """Whoever listens, and how many have heard what is waited for."""

    marker: bytes
    round: int = 0
    heard: int = 0
    last_at: float = 0.0
    listeners: list["Listener"] = field(default_factory=list)
    everybody: asyncio.Event = field(default_factory=asyncio.Event)

    def count(self) -> None:
        """Note that one more has heard it."""
        self.heard += 1
        if self.heard == len(self.listeners):
            self.last_at = time.perf_counter()
            self.everybody.set()

    def wait_for(self, marker: bytes) -> None:
        """Begin to wait for what everybody is to hear next."""
        self.marker, self.heard = marker, 0
        self.round += 1
        self.everybody.clear()


class Listener(asyncio.Protocol):
    """One open stream: it looks for what the crowd waits for, and forgets the rest."""

    def __init__(self, crowd: Crowd, request: bytes) -> None:
        self.transport: asyncio.Transport
        self.kept: list[bytes] | None = None
        self._crowd = crowd
        self._request = request
        self._round = crowd.round - 1
        self._tail = b""

    def connection_made(self, transport: Any) -> None:
        """Ask for the stream."""
        self.transport = transport
        transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        """Look through what came."""
        if self.kept is not None:
            self.kept.append(data)
        if self._round == self._crowd.round:
            return
        seen = self._tail + data
        if self._crowd.marker in seen:
            self._round, self._tail = self._crowd.round, b""
            self._crowd.count()
        else:
            self._tail = seen[-len(self._crowd.marker) :]


@asynccontextmanager
async def listening(url: str, count: int) -> AsyncIterator[Crowd]:
    """Open so many streams of one address; each has its headers when the block begins."""
    request = request_for(url, "Accept: text/event-stream")
    crowd = Crowd(marker=b"\r\n\r\n", round=1)
    for start in range(0, count, _AT_ONCE):
        some = [Listener(crowd, request) for _ in range(min(_AT_ONCE, count - start))]
        crowd.listeners += some
        await asyncio.gather(*(connect(url, listener) for listener in some))
        async with asyncio.timeout(PATIENCE_S):
            await crowd.everybody.wait()
        crowd.everybody.clear()
    yield crowd
    for listener in crowd.listeners:
        listener.transport.abort()


@dataclass(frozen=True)
class Place:
    """A server of a stream, and a time in its database that can be held and freed."""

    served: Served
    path: str
    """Of the stream."""
    uri: str
    slot_id: Key


@dataclass(frozen=True)
class Heard:
    """What it took to tell a crowd of changes."""

    last_ms: list[float]
    """For each change, from when it was made to when the last listener had it."""
    processor_us: float
    """Of the server, for each listener and change, beyond what it takes when nothing changes."""
    sent: list[bytes]
    """What one listener got of the last change: of the change itself, and what came later."""


@dataclass(frozen=True)
class Telling:
    """How much is told, and for how long a server is looked at while it is."""

    crowd_of: int
    changes: int
    """One before them is not counted."""
    period_s: float
    """Processor time is read over whole periods, with changes and without: that of the pings, so
    that there are as many of them in both."""


async def tell(server: Served, path: str, telling: Telling, change: Change) -> Heard:
    """Make changes and wait until everybody has heard of each."""
    crowd_of, changes, period_s = telling.crowd_of, telling.changes, telling.period_s
    last_ms, sent = [], []
    async with listening(server.url + path, crowd_of) as crowd:
        await _one(crowd, change, FIRST_REV)
        time_of = asyncio.get_running_loop().time
        idle_us = await _while_idle(server.pid, period_s)
        before_us, begun = processor_us(server.pid), time_of()
        for n in range(1, changes + 1):
            made, got = await _one(crowd, change, FIRST_REV + n)
            last_ms.append(1000 * (crowd.last_at - made))
            sent.append(got)
        await asyncio.sleep(-(time_of() - begun) % period_s)
        periods = (time_of() - begun) / period_s
        used_us = processor_us(server.pid) - before_us - periods * idle_us
    return Heard(last_ms, max(used_us, 0) / crowd_of / changes, sent[-1])


async def _while_idle(pid: int, seconds: float) -> float:
    """Return the processor time that a server takes when nothing changes."""
    before = processor_us(pid)
    await asyncio.sleep(seconds)
    return processor_us(pid) - before


async def _one(crowd: Crowd, change: Change, rev: int) -> tuple[float, list[bytes]]:
    first = crowd.listeners[0]
    first.kept = []
    crowd.wait_for(marker(rev))
    made = await asyncio.to_thread(change, rev)
    async with asyncio.timeout(PATIENCE_S):
        await crowd.everybody.wait()
    at_once, first.kept = b"".join(first.kept), []
    await asyncio.sleep(COUNTED_S)
    return made, [at_once, b"".join(first.kept)]


async def tell_of_slot(place: Place, telling: Telling) -> Heard:
    """Have a time held and freed in turn, as claims do it, in the database."""
    with MongoClient[Document](place.uri, w="majority") as client:
        slots, slot_id = client[database_name(place.uri)].slots, place.slot_id
        slots.find_one({"_id": slot_id})

        def change(rev: int) -> float:
            now, state = clock.now(), "held" if rev % 2 else "open"
            fields = {"state": state, "held_by": "somebody", "held_since": now, "changed_at": now}
            until = now + HOLD if rev % 2 else EPOCH
            # Not when it is answered: by then the first listeners may have heard.
            begun = time.perf_counter()
            slots.update_one({"_id": slot_id}, {"$set": fields | {"held_until": until, "rev": rev}})
            return begun

        return await tell(place.served, place.path, telling, change)


async def idle_kib(server: Served, path: str, crowd_of: int) -> float:
    """Return how much memory of a server's each of so many idle listeners takes."""
    async with listening(server.url + path, min(crowd_of, _AT_ONCE)):
        await asyncio.sleep(1)
    await asyncio.sleep(2)
    before = private_kib(server.pid)
    async with listening(server.url + path, crowd_of):
        await asyncio.sleep(3)
        return (private_kib(server.pid) - before) / crowd_of
