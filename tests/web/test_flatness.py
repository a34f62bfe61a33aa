"""What a page costs does not grow with the catalogue.

A sample has six times as much and is patient with a busy machine; the long form has it all.
"""

from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from statistics import median
from time import perf_counter

import pytest

from domain.store.people import people
from domain.store.people.person import slug_of
from tests.catalogues import make_catalogue
from tests.servers import drop, start_server
from tests.soak import LONG, drawn, sampled
from tests.web.visitors import Visitor, visitor
from web import clock

SMALL, LARGE = 24, drawn(144, 2_000)
PAST_BOOKINGS = drawn(1_500, 100_000)
BOUND = 1.5 if LONG else 2.0
"""If every expert were looked at, it would be near six, or eighty."""

pytestmark = [*sampled, pytest.mark.timeout(1_800)]

SLUG = slug_of(next(iter(people(1))))
NEXT_WEEK = (clock.now() + timedelta(days=7)).date()


@contextmanager
def served(uri: str) -> Iterator[str]:
    with start_server(uri) as server:
        yield server.url


@pytest.fixture(scope="module")
async def both(mongodb_uri: str) -> AsyncIterator[tuple[Visitor, Visitor]]:
    """A visitor to a small catalogue, and one to a large one with a past."""
    uris = [f"{mongodb_uri.rstrip('/')}/flat_{size}" for size in (SMALL, LARGE)]
    with ExitStack() as end:
        for uri, size, bookings in zip(uris, (SMALL, LARGE), (0, PAST_BOOKINGS), strict=True):
            end.callback(drop, uri)
            await make_catalogue(uri, experts=size, past_bookings=bookings)
        urls = [end.enter_context(served(uri)) for uri in uris]
        async with visitor(urls[0]) as small, visitor(urls[1]) as large:
            yield small, large


async def seconds(somebody: Visitor, path: str) -> float:
    start = perf_counter()
    answer = await somebody.get(path)
    assert answer.status_code == 200
    return perf_counter() - start


@pytest.mark.parametrize(
    "path",
    [
        "/experts",
        "/experts?sort=soonest&category=Finance&language=en",
        "/experts?q=tax&page=2",
        f"/experts?on={NEXT_WEEK}&zone=UTC",
        f"/experts?on={NEXT_WEEK}&from=09:00&to=17:00&zone=Europe/Berlin&sort=soonest",
        f"/experts/{SLUG}",
        f"/experts/{SLUG}/slots",
    ],
)
async def test_a_page_costs_the_same_however_much_there_is(both: tuple[Visitor, Visitor], path):
    taken: dict[Visitor, list[float]] = {somebody: [] for somebody in both}
    for _ in range(40):
        for somebody in both:
            taken[somebody].append(await seconds(somebody, path))

    small, large = (median(times[5:]) for times in taken.values())
    assert large / small < BOUND
