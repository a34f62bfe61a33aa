"""The database is killed with -9 while people book and pages listen, and comes back on its data."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from pathlib import Path

import httpx
import pytest

from domain.store.audit import audit
from domain.store.core.database import Database, connect
from domain.store.core.migrate import migrate
from domain.store.documents import Booking, Slot
from tests.addresses import port_of
from tests.factories import make_expert
from tests.live.pages import Page, shows_all, states
from tests.live.relay import Relay
from tests.live.support import add_slots
from tests.servers import database_on, server_beside
from tests.waiting import until
from tests.web.visitors import Visitor, visitor
from web.server.database_process import EmbeddedDatabase

pytestmark = [pytest.mark.soak, pytest.mark.timeout(300)]

PAGES = 300
ROUNDS = 5


class Booker:
    """Books one time after the other, and sends each form again until it is answered."""

    def __init__(self, person: Visitor, times: list[Slot]) -> None:
        self._person = person
        self._times = times
        self.booked = 0
        self.turned_away = 0

    async def go_on(self, done: asyncio.Event) -> None:
        while self._times and not done.is_set():
            await self._book(self._times.pop())
            await asyncio.sleep(0.05)  # leaves the machine to what is tested

    async def _book(self, slot: Slot) -> None:
        key = secrets.token_urlsafe(18)
        await self._insist(lambda: self._person.hold(slot.id))
        await self._insist(lambda: self._person.book(slot.id, request_key=key))
        self.booked += 1

    async def _insist(self, send: Callable[[], Awaitable[httpx.Response]]) -> None:
        while (answer := await send()).status_code != 303:
            assert answer.status_code == 503, (answer.status_code, answer.text)
            self.turned_away += 1
            await asyncio.sleep(0.1)


class Mortal:
    """A database that can be killed and come back, behind an address that stays."""

    def __init__(self, folder: Path, relay: Relay, running: AsyncExitStack) -> None:
        self._folder = folder
        self._relay = relay
        self._server: EmbeddedDatabase | None = None
        self._running = running
        self.uri = f"mongodb://127.0.0.1:{relay.port}/killed?directConnection=true"

    async def start(self) -> None:
        server = database_on(self._folder)
        self._server = await asyncio.to_thread(self._running.enter_context, server)
        self._relay.target = port_of(self._server.uri)

    async def kill(self) -> None:
        assert self._server is not None
        assert self._server.process is not None
        self._server.process.kill()
        await self._relay.cut()
        await self._running.aclose()


async def more(bookers: Sequence[Booker], count: Callable[[Booker], int]) -> None:
    """Wait until each of them has come further."""
    before = {booker: count(booker) for booker in bookers}
    await until(lambda: all(count(booker) > n for booker, n in before.items()))


async def kill_in_the_middle(
    mortal: Mortal, bookers: Sequence[Booker], pages: Sequence[Page]
) -> None:
    """Kill the database while people book, and start it again; fails where pages aren't told."""
    await more(bookers, lambda booker: booker.booked)
    await mortal.kill()
    await until(lambda: not any(page.live for page in pages))
    await more(bookers, lambda booker: booker.turned_away)
    await mortal.start()
    await until(lambda: all(page.live for page in pages))
    await more(bookers, lambda booker: booker.booked)


async def test_a_database_killed_in_live_traffic_loses_nothing_and_pages_know_meanwhile(
    tmp_path: Path,
):
    async with Relay() as relay, AsyncExitStack() as running:
        mortal = Mortal(tmp_path, relay, running)
        await mortal.start()
        await asyncio.to_thread(migrate, mortal.uri)
        database = connect(mortal.uri)
        expert = await make_expert(database)
        slots = await add_slots(database, expert.id, 400)
        async with (
            server_beside(mortal.uri) as server,
            visitor(server.url) as ann,
            visitor(server.url) as ben,
        ):
            pages = [Page(f"/experts/{expert.slug}/live") for _ in range(PAGES)]
            await asyncio.gather(*(page.go_to(server.url) for page in pages))
            times, done = list(slots), asyncio.Event()
            bookers = [Booker(ann, times), Booker(ben, times)]
            going_on = [asyncio.create_task(booker.go_on(done)) for booker in bookers]
            for _ in range(ROUNDS):
                await kill_in_the_middle(mortal, bookers, pages)
            done.set()
            await asyncio.gather(*going_on)
            wanted = await changed(database, slots)
            shown = await asyncio.gather(*(shows_all(page, wanted) for page in pages))

        confirmed = await database.engine.count(Booking, {"status": "confirmed"})
        contradictions = await audit(database)
        await asyncio.to_thread(database.motor.close)  # the relay needs this loop
        await database.watching.close()

    assert all(shown)
    assert [page.times_connected for page in pages] == [1] * PAGES  # they kept their streams
    assert (confirmed, contradictions) == (sum(booker.booked for booker in bookers), [])


async def changed(database: Database, slots: Sequence[Slot]):
    return {key: state for key, state in (await states(database, slots)).items() if state[0] > 1}
