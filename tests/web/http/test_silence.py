"""What people, programs and pages are told while the database is silent, and once it is back."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from html import unescape
from typing import Any

import pytest

from domain.store.core.database import connect
from domain.store.core.migrate import migrate
from domain.store.documents import Expert, Slot
from tests.factories import make_expert, make_slot
from tests.live.pages import Page
from tests.servers import Server, server_beside
from tests.unruly import Unruly, unruly_database
from tests.waiting import until
from tests.web.visitors import Visitor, visitor
from web.http import clock

pytestmark = pytest.mark.timeout(300)

LOST: dict[str, Any] = {
    "writeConcernError": {"code": 64, "errmsg": "waiting for replication timed out"}
}
SILENT = "The database doesn't answer"
NOTHING, UNCONFIRMED = "nothing was changed", "could not confirm"


@pytest.fixture(scope="module")
def unruly() -> Iterator[Unruly]:
    with unruly_database() as running:
        migrate(running.uri("silence"))
        yield running


@pytest.fixture(scope="module")
async def expert(unruly: Unruly) -> Expert:
    database = connect(unruly.uri("silence"))
    made = await make_expert(database, name="Ann Early")
    await database.close()
    return made


@pytest.fixture
async def slot(unruly: Unruly, expert: Expert) -> Slot:
    database = connect(unruly.uri("silence"))
    now = clock.now()
    made = await make_slot(database, expert, starts_at=now + timedelta(days=365))
    await database.close()
    return made


@pytest.fixture(scope="module")
async def server(unruly: Unruly, expert: Expert) -> AsyncIterator[Server]:  # noqa: ARG001
    async with server_beside(unruly.uri("silence")) as running:
        yield running


@pytest.fixture
async def ann(server: Server) -> AsyncIterator[Visitor]:
    async with visitor(server.url) as browser:
        await browser.arrive()
        await until(lambda: is_ready(browser))
        yield browser


async def is_ready(browser: Visitor) -> bool:
    return (await browser.get("/health/ready")).status_code == 200


async def test_a_page_a_fragment_and_a_program_are_told_in_words(
    unruly: Unruly, ann: Visitor, expert: Expert
):
    path = f"/experts/{expert.slug}"
    with unruly.silent():
        page = await ann.get(path)
        german = await ann.get(path, headers={"Accept-Language": "de"})
        part = await ann.get(path, headers={"HX-Request": "true", "HX-Request-Type": "partial"})
        problem = await ann.get(path, headers={"Accept": "application/json"})

    answers = [page, german, part, problem]
    assert [answer.status_code for answer in answers] == [503] * 4
    assert all(int(answer.headers["Retry-After"]) > 0 for answer in answers)
    assert SILENT in unescape(page.text)
    assert "Die Datenbank antwortet nicht" in german.text
    assert 'id="problem"' in part.text
    assert "<html" not in part.text
    assert problem.headers["Content-Type"] == "application/problem+json"
    assert problem.json()["status"] == 503
    assert SILENT in problem.json()["detail"]


async def test_readiness_says_so_and_answers_all_the_same(unruly: Unruly, ann: Visitor):
    async def says_so() -> bool:
        return (await ann.get("/health/ready")).status_code == 503

    with unruly.silent():
        await until(says_so)
        assert (await ann.get("/health/live")).status_code == 200

    await until(lambda: is_ready(ann))


async def test_discovery_goes_on_from_memory_and_says_that_it_is_not_live(
    unruly: Unruly, ann: Visitor, expert: Expert
):
    async def tells_that_it_is_old() -> bool:
        page = await ann.get("/experts")
        assert (page.status_code, expert.name in page.text) == (200, True)
        return "not live" in page.text

    assert not await tells_that_it_is_old()
    with unruly.silent():
        await until(tells_that_it_is_old)

    async def is_live_again() -> bool:
        return not await tells_that_it_is_old()

    await until(is_live_again)


async def test_open_pages_hear_that_they_are_not_live_and_that_they_are_again(
    unruly: Unruly, server: Server, ann: Visitor, expert: Expert
):
    assert await is_ready(ann)
    page = Page(f"/experts/{expert.slug}/live")
    staying = asyncio.create_task(page.stay_at(server.url))
    await until(lambda: page.times_connected > 0)
    with unruly.silent():
        await until(lambda: not page.live)
    await until(lambda: page.live)
    staying.cancel()
    page.cut()


async def test_a_hold_that_a_silent_database_may_have_taken_is_not_called_nothing(
    unruly: Unruly, ann: Visitor, slot: Slot
):
    with unruly.failing("findAndModify", **LOST):
        unsure = await ann.hold(slot.id)
    again = await ann.hold(slot.id)

    assert (unsure.status_code, again.status_code) == (503, 303)
    assert UNCONFIRMED in unsure.text
    assert NOTHING not in unsure.text
    assert int(unsure.headers["Retry-After"]) > 0


async def test_a_form_that_never_reached_the_database_changed_nothing(
    unruly: Unruly, ann: Visitor, slot: Slot
):
    with unruly.silent():
        answer = await ann.hold(slot.id)

    assert answer.status_code == 503
    assert NOTHING in answer.text


@pytest.mark.parametrize("how", [LOST, {"closeConnection": True}], ids=["no majority", "cut off"])
async def test_a_booking_that_nobody_can_confirm_counts_once_when_sent_again(
    unruly: Unruly, ann: Visitor, slot: Slot, how: dict[str, Any]
):
    await ann.hold(slot.id)
    with unruly.failing("commitTransaction", **how):
        unsure = await ann.book(slot.id, request_key=f"key-for-{slot.id}")

    async def booked() -> str:
        answer = await ann.book(slot.id, request_key=f"key-for-{slot.id}")
        return answer.headers["location"] if answer.status_code == 303 else ""

    assert UNCONFIRMED in unsure.text or unsure.status_code == 303  # looked up in time
    counted = await until(booked)
    assert counted == await booked() == unsure.headers.get("location", counted)
