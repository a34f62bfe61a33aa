"""From sending a claim to the last of its listeners: a peer's socket.io beside our stream."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from statistics import median
from time import perf_counter, process_time
from typing import Any

import socketio
from socketio.exceptions import SocketIOError

from domain.store.core.database import Key
from tests.bench import visitors
from tests.bench.listeners import listening
from tests.bench.peer.asking import Misfit, Peer, askers, has_booked, shown
from tests.bench.peer.shapes import PeerTime

EVENT = "slotBooked"
PATIENCE_S = 3.0
SETTLE_S = 0.3
"""An event that comes twice comes within this time, and isn't taken for the next."""
_AT_ONCE = 50


@dataclass(frozen=True)
class Told:
    """What it took to tell a crowd of a change: medians of some, each from sending the claim."""

    last_ms: float
    """Until the last listener had it."""
    own_ms: float
    """What the listeners' own process took of a processor meanwhile."""


@dataclass
class _Audience:
    """Everybody who listens to a peer, and how many of them have heard of the last change."""

    heard: set[int] = field(default_factory=set)
    last_at: float = 0.0
    clients: list[Any] = field(default_factory=list)
    everybody: asyncio.Event = field(default_factory=asyncio.Event)

    def hear(self, n: int) -> None:
        self.heard.add(n)
        if len(self.heard) == len(self.clients) and not self.everybody.is_set():
            self.last_at = perf_counter()
            self.everybody.set()

    def forget(self) -> None:
        self.heard.clear()
        self.everybody.clear()


async def tell_peer(peer: Peer, times: Sequence[PeerTime], crowd_of: int) -> Told:
    """Book times one after the other; the first isn't counted."""
    async with askers(peer.url, 1) as (asker,), _audience(peer.url, crowd_of) as audience:

        async def change(n: int) -> float:
            audience.forget()
            answer = await asker.book(peer, times[n], n)
            if not has_booked(answer):
                raise Misfit(f"answered a booking by {shown(answer)}")
            try:
                async with asyncio.timeout(PATIENCE_S):
                    await audience.everybody.wait()
            except TimeoutError:
                told = f"within {PATIENCE_S:g} s to {len(audience.heard)} of {crowd_of} listeners"
                raise Misfit(f"sent `{EVENT}` {told}") from None
            return audience.last_at

        return await _timed(change, len(times))


@asynccontextmanager
async def _audience(url: str, count: int) -> AsyncIterator[_Audience]:
    audience = _Audience()
    try:
        for start in range(0, count, _AT_ONCE):
            some = [_listener(n, audience) for n in range(start, min(start + _AT_ONCE, count))]
            audience.clients += some
            await asyncio.gather(*(_connect(client, url) for client in some))
        yield audience
    finally:
        await asyncio.gather(*(client.disconnect() for client in audience.clients))


def _listener(n: int, audience: _Audience) -> Any:
    client = socketio.AsyncClient(reconnection=False, handle_sigint=False)
    client.on(EVENT, lambda *_: audience.hear(n))
    return client


async def _connect(client: Any, url: str) -> None:
    try:
        await client.connect(url, transports=["websocket"], wait_timeout=PATIENCE_S)
    except SocketIOError as error:
        raise Misfit(f"opens no socket.io by WebSocket: {error}") from None


async def tell_ours(url: str, path: str, slot_ids: Sequence[Key], crowd_of: int) -> Told:
    """Hold times in the same way, each for another visitor."""
    async with (
        visitors.browsers(url, len(slot_ids)) as holders,
        listening(url + path, crowd_of) as crowd,
    ):

        async def change(n: int) -> float:
            crowd.wait_for(b'id="slot-%s"' % str(slot_ids[n]).encode())
            held = await holders[n].post("/holds", {"slot_id": str(slot_ids[n])})
            assert held.status == 303, held
            async with asyncio.timeout(PATIENCE_S):
                await crowd.everybody.wait()
            return crowd.last_at

        return await _timed(change, len(slot_ids))


async def _timed(change: Callable[[int], Awaitable[float]], count: int) -> Told:
    """Make changes; each returns the instant at which everybody had heard of it."""
    last_ms, own_ms = [], []
    for n in range(count):
        await asyncio.sleep(SETTLE_S if n else 0)
        begun, used = perf_counter(), process_time()
        last_ms.append(1000 * (await change(n) - begun))
        own_ms.append(1000 * (process_time() - used))
    return Told(median(last_ms[1:]), median(own_ms[1:]))
