"""Hosts whose clocks are far apart: what is safe all the same.

Who gets a time is safe, and what pages end up showing. What is not: a host that is ahead takes a
hold for lapsed too early, and a page that comes back may miss what a host that is behind has dated.
"""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from tests.faults.journal import Journal
from tests.faults.load import Claims, Listener
from tests.faults.scene import people
from tests.faults.site import DATABASE, Site, beside
from tests.faults.stopped import Claim
from tests.faults.verdict import Verdict, check_answers, check_claims, check_pages
from tests.servers import ROOT, Server, start_server
from tests.waiting import PATIENCE_S

APART_S = 90
TIMES = 12


def a_host(place: Site, ahead_s: int):
    """Another server, on a host whose clock is ahead by so much, or behind."""
    path = f"{Path(__file__).parent / 'clock_ahead'}:{ROOT}"
    return start_server(place.set.uri(DATABASE), PYTHONPATH=path, CLOCK_AHEAD_S=ahead_s)


async def decided(claims: Sequence[Claim], told: Claims) -> list[int]:
    """Have several people book at once; return what they are told in the end."""
    answers = await asyncio.gather(*(claim.insist(told) for claim in claims))
    return sorted(answer.status for answer in answers)


@pytest.mark.timeout(240)
async def test_each_time_is_booked_once_and_all_pages_show_it_whatever_the_hosts_clocks_say(
    place: Site,
):
    journal, told, verdict = Journal(), Claims(), Verdict()
    ((expert, slots),) = await place.experts(1)
    async with AsyncExitStack() as opened:
        starting = [beside(a_host(place, apart_s)) for apart_s in (APART_S, -APART_S)]
        others = await asyncio.gather(*map(opened.enter_async_context, starting))
        hosts = [place.servers[0], *others]
        pages = [await listening(server, f"/experts/{expert.slug}/live") for server in hosts]
        persons = await people(replace(place, servers=hosts), opened, len(hosts))

        fought_over, for_each = slots[:TIMES], slots[TIMES : TIMES + len(hosts)]
        async with asyncio.timeout(PATIENCE_S):
            for slot in fought_over:
                wanted = [Claim(person, slot, "book", journal) for person in persons]
                assert await decided(wanted, told) == [303, 409, 409]
            alone = zip(persons, for_each, strict=True)
            each = [Claim(person, slot, "book", journal) for person, slot in alone]
            assert await decided(each, told) == [303, 303, 303]

        check_answers(journal.asked, verdict)
        await check_claims(place.database, told, verdict)
        await check_pages(place.database, [(page, slots) for page in pages], verdict)
        for page in pages:
            page.cut()

    assert verdict.wrong == {}


async def listening(server: Server, path: str) -> Listener:
    page = Listener(path)
    await page.go_to(server.url)
    return page
