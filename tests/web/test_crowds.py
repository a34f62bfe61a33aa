"""Many people at once, over HTTP, in two server processes on one database."""

import asyncio
from collections import Counter
from contextlib import AsyncExitStack
from datetime import timedelta

import httpx
import pytest

from domain.slots import SlotState
from domain.store.documents import Booking
from tests.servers import start_server
from tests.web.conftest import Site
from tests.web.visitors import GOOD_FORM, Visitor, reference_in, visitor


@pytest.fixture(scope="module")
async def second_url(site: Site):
    """Another server process on the same database."""
    with start_server(site.uri) as server:
        yield server.url


async def crowd(stack: AsyncExitStack, urls: list[str], count: int) -> list[Visitor]:
    """So many browsers, spread over the processes, each with its page already open."""
    limits = httpx.Limits(max_connections=4)
    people = [
        await stack.enter_async_context(visitor(urls[n % len(urls)], limits=limits))
        for n in range(count)
    ]
    for start in range(0, count, 20):
        await asyncio.gather(*(person.token() for person in people[start : start + 20]))
    return people


def faults(answers: list[httpx.Response]) -> list[str]:
    """Return what answers said that blame the server."""
    return [a.text for a in answers if a.status_code >= 500]


async def confirmed(site: Site, slot) -> int:
    query = {"expert_id": slot.expert_id, "starts_at": slot.starts_at, "status": "confirmed"}
    return await site.database.engine.count(Booking, query)


async def test_of_200_people_on_one_time_exactly_one_books(site: Site, second_url):
    slot = await site.slot()
    async with AsyncExitStack() as stack:
        people = await crowd(stack, [site.url, second_url], 200)

        answers = await asyncio.gather(*(person.book(slot.id) for person in people))

    assert faults(answers) == []
    assert Counter(a.status_code for a in answers) == {303: 1, 409: 199}
    assert all("That time is gone" in a.text for a in answers if a.status_code == 409)
    assert await confirmed(site, slot) == 1


async def test_of_200_people_who_choose_one_time_exactly_one_holds_it(site: Site, second_url):
    slot = await site.slot()
    async with AsyncExitStack() as stack:
        people = await crowd(stack, [site.url, second_url], 200)

        answers = await asyncio.gather(*(person.hold(slot.id) for person in people))

    assert faults(answers) == []
    assert Counter(a.status_code for a in answers) == {303: 1, 409: 199}
    assert (await site.current(slot)).state is SlotState.HELD


async def test_50_times_for_20_people_each_are_50_bookings(site: Site, second_url):
    expert = await site.expert()
    first = site.now + timedelta(days=2)
    slots = [await site.slot(expert, starts_at=first + n * timedelta(hours=1)) for n in range(50)]
    async with AsyncExitStack() as stack:
        people = await crowd(stack, [site.url, second_url], 20)

        async def book_all(person: Visitor, offset: int) -> list[int]:
            turned = slots[offset:] + slots[:offset]
            return [(await person.book(slot.id)).status_code for slot in turned]

        rows = await asyncio.gather(*(book_all(p, n * 2) for n, p in enumerate(people)))

    assert Counter(status for row in rows for status in row) == {303: 50, 409: 950}
    assert [await confirmed(site, slot) for slot in slots] == [1] * 50


async def test_the_same_form_sent_to_two_processes_at_once_is_one_booking(site: Site, second_url):
    slot = await site.slot()
    async with visitor(site.url) as ann, visitor(second_url) as same:
        await ann.token()
        same.client.cookies = ann.client.cookies
        form = {**GOOD_FORM, "request_key": "one-form-sent-many-times"}

        answers = await asyncio.gather(
            *(v.post(f"/slots/{slot.id}/book", form) for v in (ann, same) for _ in range(4))
        )

    assert {a.status_code for a in answers} == {303}
    assert len({reference_in(a) for a in answers}) == 1
    assert await confirmed(site, slot) == 1
