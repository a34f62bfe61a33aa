"""Two processes behind nginx, restarted one after the other while people book."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from domain.store.audit import audit
from domain.store.core.database import Database
from domain.store.documents import Booking, Slot
from tests.factories import make_expert
from tests.live.crowd import HOST
from tests.live.pages import Page, shows_all, states
from tests.live.support import add_slots
from tests.proxies import nginx
from tests.servers import free_port, server_beside
from tests.soak import drawn, sampled
from tests.web.visitors import Visitor, visitor

pytestmark = sampled

BROWSER = {"verify": False, "headers": {"Host": HOST}}
"""The certificate is the test's own."""


class Pair:
    """Two processes, each on a port of its own."""

    def __init__(self, uri: str) -> None:
        self._uri = uri
        self.ports = [free_port(), free_port()]
        self._running = [AsyncExitStack(), AsyncExitStack()]
        self.away: list[tuple[float, float]] = []
        """When one of them was restarted, from and to."""

    @asynccontextmanager
    async def serving(self) -> AsyncIterator["Pair"]:
        try:
            await asyncio.gather(self._start(0), self._start(1))
            yield self
        finally:
            for running in self._running:
                await running.aclose()

    async def restart(self, which: int) -> None:
        begun = time.monotonic()
        await self._running[which].aclose()
        await self._start(which)
        self.away.append((begun, time.monotonic()))

    async def _start(self, which: int) -> None:
        port, base = self.ports[which], f"https://{HOST}"
        server = server_beside(self._uri, PORT=port, BASE_URL=base)
        await self._running[which].enter_async_context(server)


@dataclass
class Bookings:
    """What people who book one time after the other are answered."""

    times: list[Slot]
    statuses: list[int] = field(default_factory=list)
    booked_at: list[float] = field(default_factory=list)

    async def go_on(self, person: Visitor, done: asyncio.Event) -> None:
        while self.times and not done.is_set():
            slot = self.times.pop()
            for answer in (await person.hold(slot.id), await person.book(slot.id)):
                self.statuses.append(answer.status_code)
            self.booked_at.append(time.monotonic())
            await asyncio.sleep(0.05)  # leaves the machine to what is tested

    def made_within(self, span: tuple[float, float]) -> int:
        return sum(span[0] < instant < span[1] for instant in self.booked_at)


async def restart_both(pair: Pair, address: str, slots: Sequence[Slot], pages: list[Page]):
    """Restart one, then the other, while four people book and the pages listen."""
    bookings, done = Bookings(list(slots)), asyncio.Event()
    staying = [asyncio.create_task(page.stay_at(address)) for page in pages]
    async with (
        visitor(address, **BROWSER) as a,
        visitor(address, **BROWSER) as b,
        visitor(address, **BROWSER) as c,
    ):
        booking = asyncio.gather(*(bookings.go_on(person, done) for person in (a, b, c)))
        for which in (0, 1):
            await asyncio.sleep(1)
            await pair.restart(which)
        await asyncio.sleep(1)
        done.set()
        await booking
    for task in staying:
        task.cancel()
    return bookings


@pytest.mark.timeout(300)
async def test_a_rolling_restart_loses_no_booking_and_no_event_and_nobody_sees_an_error(
    database: Database, database_uri: str, tmp_path: Path
):
    expert = await make_expert(database)
    slots = await add_slots(database, expert.id, 400)
    pages = [Page(f"/experts/{expert.slug}/live") for _ in range(drawn(10, 200))]
    async with Pair(database_uri).serving() as pair:
        with nginx(tmp_path, server_port=pair.ports[0], second_port=pair.ports[1]) as address:
            bookings = await restart_both(pair, address, slots, pages)
            wanted = {k: v for k, v in (await states(database, slots)).items() if v[0] > 1}
            shown = await asyncio.gather(*(shows_all(page, wanted) for page in pages))

    assert set(bookings.statuses) == {303}
    assert await database.engine.count(Booking, {"status": "confirmed"}) == len(bookings.booked_at)
    assert await audit(database) == []
    assert all(bookings.made_within(span) for span in pair.away)
    assert all(shown)
    assert sum(page.times_connected for page in pages) > len(pages)
