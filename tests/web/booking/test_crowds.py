"""Many people at once, over HTTP, in two server processes on one database."""

import asyncio
import secrets
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import timedelta
from functools import partial

import httpx
import pytest

from domain.rules.slots import SlotState
from domain.store.documents import Booking, Slot
from tests.servers import start_server
from tests.soak import drawn, sampled
from tests.waiting import PATIENCE_S
from tests.web.conftest import Site
from tests.web.visitors import GOOD_FORM, Visitor, reference_in, visitor

SHARES_SITE = True

TIMES, EACH = drawn(20, 50), drawn(10, 20)
"""How many times are fought over, and by how many people each."""

pytestmark = sampled


@pytest.fixture(scope="module")
async def second_url(site: Site):
    """Another server process on the same database."""
    with start_server(site.uri) as server:
        yield server.url


async def crowd(stack: AsyncExitStack, urls: list[str], count: int) -> list[Visitor]:
    """So many browsers, spread over the processes, each with its page already open."""
    # None waits idly meanwhile: the server closes it just as it is used again.
    limits = httpx.Limits(max_connections=4, max_keepalive_connections=0)
    people = [
        await stack.enter_async_context(visitor(urls[n % len(urls)], limits=limits))
        for n in range(count)
    ]
    for start in range(0, count, 20):
        await asyncio.gather(*(person.arrive() for person in people[start : start + 20]))
    return people


async def insisting(ask: Callable[[], Awaitable[httpx.Response]]) -> httpx.Response:
    """Ask until there is an answer: on a machine that does much else a crowd may be put off."""
    async with asyncio.timeout(PATIENCE_S):
        while (answer := await ask()).status_code == 503:
            assert "Retry-After" in answer.headers
    return answer


def booking(person: Visitor, slot: Slot) -> Callable[[], Awaitable[httpx.Response]]:
    """Return what sends one and the same form."""
    return partial(person.book, slot.id, request_key=secrets.token_urlsafe(18))


async def confirmed(site: Site, slot) -> int:
    query = {"expert_id": slot.expert_id, "starts_at": slot.starts_at, "status": "confirmed"}
    return await site.database.engine.count(Booking, query)


async def test_of_200_people_on_one_time_exactly_one_books(site: Site, second_url):
    slot = await site.slot()
    async with AsyncExitStack() as stack:
        people = await crowd(stack, [site.url, second_url], 200)

        answers = await asyncio.gather(*(insisting(booking(person, slot)) for person in people))

    assert Counter(a.status_code for a in answers) == {303: 1, 409: 199}
    assert all("That time is gone" in a.text for a in answers if a.status_code == 409)
    assert await confirmed(site, slot) == 1


async def test_of_200_people_who_choose_one_time_exactly_one_holds_it(site: Site, second_url):
    slot = await site.slot()
    async with AsyncExitStack() as stack:
        people = await crowd(stack, [site.url, second_url], 200)

        answers = await asyncio.gather(
            *(insisting(partial(person.hold, slot.id)) for person in people)
        )

    assert Counter(a.status_code for a in answers) == {303: 1, 409: 199}
    assert (await site.current(slot)).state is SlotState.HELD


async def test_times_that_many_want_are_booked_once_each(site: Site, second_url):
    expert = await site.expert()
    first = site.now + timedelta(days=2)
    slots = [
        await site.slot(expert, starts_at=first + n * timedelta(hours=1)) for n in range(TIMES)
    ]
    async with AsyncExitStack() as stack:
        people = await crowd(stack, [site.url, second_url], EACH)

        async def book_all(person: Visitor, offset: int) -> list[int]:
            turned = slots[offset:] + slots[:offset]
            return [(await insisting(booking(person, slot))).status_code for slot in turned]

        rows = await asyncio.gather(*(book_all(p, n * 2) for n, p in enumerate(people)))

    assert Counter(status for row in rows for status in row) == {
        303: TIMES,
        409: TIMES * (EACH - 1),
    }
    assert [await confirmed(site, slot) for slot in slots] == [1] * TIMES


async def test_the_same_form_sent_to_two_processes_at_once_is_one_booking(site: Site, second_url):
    slot = await site.slot()
    async with visitor(site.url) as ann, visitor(second_url) as same:
        await ann.arrive()
        same.client.cookies = ann.client.cookies
        form = {**GOOD_FORM, "request_key": "one-form-sent-many-times"}

        answers = await asyncio.gather(
            *(v.post(f"/slots/{slot.id}/book", form) for v in (ann, same) for _ in range(4))
        )

    assert {a.status_code for a in answers} == {303}
    assert len({reference_in(a) for a in answers}) == 1
    assert await confirmed(site, slot) == 1
