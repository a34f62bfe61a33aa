"""Several server processes on one database: they come, go and die, and pages miss nothing."""

import asyncio
import os
import re
import signal
from datetime import timedelta
from html import unescape
from pathlib import Path

import httpx
import pytest

from domain.rules.slots import SlotState
from domain.store.audit import audit
from domain.store.core.database import Database, connect
from domain.store.slots.claiming import find
from tests.factories import make_expert
from tests.live.crowd import RawEar, listen_raw
from tests.live.pages import Page, shows_all, states
from tests.live.support import add_slots, change, free, hold
from tests.processes import Worker, children_of
from tests.servers import Server, start_server, start_servers
from tests.soak import drawn, sampled
from tests.waiting import until
from tests.web.visitors import visitor
from web.http import clock
from web.server.data_folder import running_database

pytestmark = [
    *sampled,
    pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks into /proc"),
    pytest.mark.timeout(300),
]


def soon():
    return clock.now() + timedelta(minutes=5)


def kill(server: Server) -> None:
    """End a server's processes with no chance to say goodbye, the one that serves first."""
    os.kill(Worker(server.process.pid).pid, signal.SIGKILL)
    server.process.kill()
    server.process.wait()


async def position_of_page(url: str) -> str:
    """Open a page and return the position that it was rendered with."""
    async with httpx.AsyncClient(timeout=30) as client:
        html = (await client.get(url)).text
    found = re.search(r"/live\?after=(\d+)&", unescape(html))
    assert found
    return found[1]


@pytest.mark.soak
async def test_a_page_of_one_process_connected_to_a_second_and_then_to_a_third_misses_nothing(
    database: Database, database_uri: str
):
    expert = await make_expert(database)
    slots = await add_slots(database, expert.id, 9)
    with start_servers(3, database_uri) as (a, b, c):
        after = await position_of_page(f"{a.url}/experts/{expert.slug}")
        page = Page(f"/experts/{expert.slug}/live", after=after)
        await change(database, slots[0], SlotState.BOOKED)
        await hold(database, slots[1], until=soon())

        await page.go_to(b.url)
        assert await shows_all(page, await states(database, slots[:2]))
        await change(database, slots[2], SlotState.BOOKED)
        assert await shows_all(page, await states(database, slots[:3]))

        page.cut()
        await free(database, slots[1])
        await change(database, slots[3], SlotState.BOOKED)
        await hold(database, slots[4], until=soon())

        await page.go_to(c.url)
        await change(database, slots[5], SlotState.BOOKED)
        assert await shows_all(page, await states(database, slots[:6]))

    untouched = {str(slot.id) for slot in slots[6:]}
    assert not untouched & page.shown.keys()


def freed(ear: RawEar) -> set[int]:
    """Return the states in which a listener was told that a time is free."""
    return {message.rev for message in ear.heard if message.event == "slotFreed"}


async def test_a_hold_whose_process_is_killed_is_announced_once_by_another(
    database: Database, database_uri: str
):
    expert = await make_expert(database)
    (slot,) = await add_slots(database, expert.id)
    with start_servers(2, database_uri, HOLD_SECONDS=4) as (dies, stays):
        ear = await listen_raw(f"{stays.url}/experts/{expert.slug}/live")
        async with visitor(dies.url) as ann:
            assert (await ann.hold(slot.id)).status_code == 303
        kill(dies)
        held = await find(database, slot.id)
        assert held is not None
        assert held.state is SlotState.HELD
        await until(lambda: held.rev + 1 in freed(ear))
        assert clock.now() >= held.held_until
        await hold(database, slot, until=clock.now())  # a second announcement would come before
        await until(lambda: held.rev + 3 in freed(ear))
        ear.leave()

    assert freed(ear) == {held.rev + 1, held.rev + 3}
    assert await states(database, [slot]) == {str(slot.id): (held.rev + 3, "free")}


async def test_a_killed_worker_is_replaced_and_its_pages_come_back_to_what_is(
    database: Database, database_uri: str
):
    expert = await make_expert(database)
    slots = await add_slots(database, expert.id, 4)
    with start_server(database_uri) as server:
        pages = [Page(f"/experts/{expert.slug}/live") for _ in range(drawn(16, 300))]
        await asyncio.gather(*(page.go_to(server.url) for page in pages))
        await change(database, slots[0], SlotState.BOOKED)
        shown = await states(database, slots[:1])
        assert all(await asyncio.gather(*(shows_all(page, shown) for page in pages)))
        ears = [page.ear for page in pages if page.ear is not None]

        staying = [asyncio.create_task(page.stay_at(server.url)) for page in pages]
        os.kill(Worker(server.process.pid).pid, signal.SIGKILL)
        await asyncio.gather(*(ear.gone.wait() for ear in ears))
        await change(database, slots[1], SlotState.BOOKED)
        await hold(database, slots[2], until=soon())

        wanted = await states(database, slots[:3])
        assert all(await asyncio.gather(*(shows_all(page, wanted, within=60) for page in pages)))
        for task in staying:
            task.cancel()

    assert not any(ear.ended_cleanly for ear in ears)


class Workers:
    """The processes that share one port."""

    def __init__(self, launcher: int) -> None:
        self._launcher = launcher

    @property
    def connections(self) -> dict[int, int]:
        """How many files, connections among them, each has open."""
        running = children_of(self._launcher).items()
        workers = [pid for pid, command in running if "web.server.worker" in command]
        return {pid: len(list(Path(f"/proc/{pid}/fd").iterdir())) for pid in workers}


async def connect_to_each(workers: Workers, url: str, path: str) -> list[Page]:
    """Open pages until every worker has some; the system chooses whose each is."""
    before = workers.connections
    pages: list[Page] = []
    while any(workers.connections[pid] < count + 5 for pid, count in before.items()):
        assert len(pages) < 500
        pages += [Page(path) for _ in range(10)]
        await asyncio.gather(*(page.go_to(url) for page in pages[-10:]))
    return pages


async def test_workers_on_one_port_with_the_embedded_database_tell_the_pages_of_all(
    tmp_path: Path,
):
    with start_server(None, WORKERS=3, DATA_DIR=tmp_path) as server:
        uri = running_database(tmp_path)
        assert uri is not None
        database = connect(uri)
        expert = await make_expert(database)
        slots = await add_slots(database, expert.id, 6)
        workers = Workers(server.process.pid)
        pages = await connect_to_each(workers, server.url, f"/experts/{expert.slug}/live")

        for slot in slots:  # on connections of their own: the system chooses the worker
            async with visitor(server.url) as somebody:
                assert (await somebody.hold(slot.id)).status_code == 303
                await somebody.booked(slot.id)
        wanted = await states(database, slots)
        shown = await asyncio.gather(*(shows_all(page, wanted) for page in pages))
        contradictions = await audit(database)
        await database.close()

    assert {status for _, status in wanted.values()} == {"booked"}
    assert all(shown)
    assert contradictions == []
