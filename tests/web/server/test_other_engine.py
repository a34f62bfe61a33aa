"""SecantusDB, which is embedded where no mongod runs: what a newcomer meets there, end to end."""

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from importlib.metadata import version
from pathlib import Path

import httpx
import pytest

from tests.live.support import Ear
from tests.processes import children_of
from tests.servers import READY_S, Server, launched, start_server
from tests.web.visitors import Visitor, visitor

SECANTUS = f"SecantusDB {version('secantusdb')}"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder that the tests of this module share."""
    return tmp_path_factory.mktemp("other") / "data"


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[Server]:
    """A server on it, begun as on a machine without a mongod."""
    with start_server(None, DATA_DIR=folder, EMBEDDED="secantusdb") as running:
        yield running


@pytest.fixture(scope="module")
async def ann(server: Server) -> AsyncIterator[Visitor]:
    """A visitor, whose browser outlasts the server."""
    async with visitor(server.url) as browser:
        yield browser


async def a_free_time(browser: Visitor, *, of: int) -> tuple[str, str]:
    """Return the address of an expert, counted in discovery's order, and a time of theirs."""
    page = await browser.get("/experts")
    address = re.findall(r'class="card__link"\s+href="(/experts/[a-z-]+)', page.text)[of]
    page = await browser.get(address)
    return address, re.findall(r'name="slot_id\.(\w{24})"', page.text)[0]


def test_it_starts_with_a_catalogue_and_says_which_engine_it_is(server: Server, folder: Path):
    assert server.output.splitlines()[0] == (
        f"Database: {SECANTUS}, embedded, in {folder} (set MONGODB_URI to use another)."
    )
    assert "Seeding: experts and the times of their next weeks." in server.output
    assert not (folder / "mongodb").exists()


async def test_a_time_is_booked_and_cancelled(ann: Visitor):
    _, slot = await a_free_time(ann, of=0)

    reference = await ann.booked(slot)
    await ann.post(f"/bookings/{reference}/cancel")

    assert "was cancelled" in (await ann.get(f"/bookings/{reference}")).text
    assert (await ann.hold(slot)).status_code == 303


async def test_of_50_people_on_one_time_exactly_one_books(server: Server, ann: Visitor):
    _, slot = await a_free_time(ann, of=1)
    async with AsyncExitStack() as stack:
        people = [await stack.enter_async_context(visitor(server.url)) for _ in range(50)]
        await asyncio.gather(*(person.arrive() for person in people))

        answers = await asyncio.gather(*(person.book(slot) for person in people))

    assert Counter(answer.status_code for answer in answers) == {303: 1, 409: 49}


async def test_what_one_does_others_see_at_once(server: Server, ann: Visitor):
    expert, slot = await a_free_time(ann, of=2)
    async with (
        httpx.AsyncClient(timeout=60) as client,
        client.stream("GET", f"{server.url}{expert}/live?after=?") as response,
    ):
        ear = Ear(response)
        await ear.hear("resync")

        await ann.hold(slot)

        (held,) = await ear.hear("slotHeld")
        await ear.close()
    assert held.slot_id == slot


async def test_a_restart_keeps_what_was_booked_and_never_changes_the_engine(
    server: Server, folder: Path, ann: Visitor
):
    _, slot = await a_free_time(ann, of=3)
    reference = await ann.booked(slot)
    assert server.stop() == 0
    (folder / "engine").unlink()  # as folders were before there was a choice

    with start_server(None, DATA_DIR=folder) as again:
        said = again.output.splitlines()[0]
        running = children_of(again.process.pid).values()
        (database,) = [command for command in running if "web.server.worker" not in command]
        async with visitor(again.url, cookies=ann.client.cookies) as same_browser:
            page = await same_browser.get(f"/bookings/{reference}")
        with launched("audit", DATA_DIR=folder) as audit:
            assert audit.process.wait(READY_S) == 0, audit.output

    assert page.status_code == 200
    assert "secantusd" in database
    assert said == (
        f"Database: {SECANTUS}, embedded, in {folder}, which it wrote "
        "(set MONGODB_URI to use another)."
    )
