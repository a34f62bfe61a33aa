"""Kept pages: rendered once for all who ask alike, until anything that they show changes."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from web.http.bodies import Body
from web.http.kept_pages import KeptPages, Page, next_minute

NOW = datetime(2031, 7, 8, 9, 30, 20, tzinfo=UTC)
SOON = NOW + timedelta(seconds=10)


class Renderer:
    """Renders a page, and counts how often."""

    def __init__(self, size: int = 10) -> None:
        self.times = 0
        self.goes_on = asyncio.Event()
        self.goes_on.set()
        self.fails = False
        self._size = size

    async def __call__(self) -> Page:
        self.times += 1
        html = f"{self.times}".ljust(self._size)
        await self.goes_on.wait()
        if self.fails:
            raise ConnectionError
        return Page(Body.of(html, {}), true_until=SOON)


@pytest.fixture
async def pages() -> AsyncIterator[KeptPages]:
    kept = KeptPages()
    yield kept
    await kept.stop()


@pytest.fixture
def render() -> Renderer:
    return Renderer()


async def shown(pages: KeptPages, render: Renderer, *sources: object, key="a", now=NOW) -> str:
    found = await pages.page(key, sources, render, now=now)
    return found.body.filled({}).decode().strip()


async def test_a_page_is_rendered_once_for_all_who_ask_alike(pages, render):
    expert = object()

    assert [await shown(pages, render, expert) for _ in range(3)] == ["1", "1", "1"]


async def test_those_who_ask_while_it_is_rendered_wait_for_it_together(pages, render):
    expert = object()
    render.goes_on.clear()

    asked = [asyncio.create_task(shown(pages, render, expert)) for _ in range(20)]
    await asyncio.sleep(0)
    render.goes_on.set()

    assert {await one for one in asked} == {"1"}


async def test_another_page_is_rendered_by_itself(pages, render):
    expert = object()

    assert await shown(pages, render, expert, key="a") == "1"
    assert await shown(pages, render, expert, key="b") == "2"
    assert await shown(pages, render, expert, key="a") == "1"


async def test_once_a_source_has_changed_it_is_rendered_anew(pages, render):
    site = object()

    assert await shown(pages, render, site, object()) == "1"
    assert await shown(pages, render, site, object()) == "2"


async def test_sources_that_are_only_equal_have_changed(pages, render):
    assert await shown(pages, render, ["the same"]) == "1"
    assert await shown(pages, render, ["the same"]) == "2"


async def test_what_changed_while_it_was_rendered_is_rendered_anew(pages, render):
    render.goes_on.clear()
    before = asyncio.create_task(shown(pages, render, object()))
    await asyncio.sleep(0)
    now = object()
    after = asyncio.create_task(shown(pages, render, now))
    await asyncio.sleep(0)
    render.goes_on.set()

    assert (await before, await after) == ("1", "2")
    assert await shown(pages, render, now) == "2"


async def test_it_is_kept_no_longer_than_it_is_true(pages, render):
    expert = object()

    assert await shown(pages, render, expert) == "1"
    assert await shown(pages, render, expert, now=SOON - timedelta(milliseconds=1)) == "1"
    assert await shown(pages, render, expert, now=SOON) == "2"


async def test_who_came_while_it_was_rendered_and_the_minute_ended_gets_another(pages, render):
    expert = object()
    render.goes_on.clear()
    first = asyncio.create_task(shown(pages, render, expert))
    await asyncio.sleep(0)
    late = asyncio.create_task(shown(pages, render, expert, now=SOON))
    await asyncio.sleep(0)
    render.goes_on.set()

    assert (await first, await late) == ("1", "2")


async def test_what_could_not_be_rendered_is_tried_again(pages, render):
    expert = object()
    render.fails = True
    with pytest.raises(ConnectionError):
        await shown(pages, render, expert)
    render.fails = False

    assert await shown(pages, render, expert) == "2"


async def test_one_who_leaves_stops_nobody_elses(pages, render):
    expert = object()
    render.goes_on.clear()
    leaves = asyncio.create_task(shown(pages, render, expert))
    stays = asyncio.create_task(shown(pages, render, expert))
    await asyncio.sleep(0)

    leaves.cancel()
    await asyncio.sleep(0)
    render.goes_on.set()

    assert await stays == "1"


async def test_of_too_many_those_asked_for_last_are_kept():
    pages, render, expert = KeptPages(most_bytes=3_500), Renderer(size=1_000), object()

    for key in "abca":
        await shown(pages, render, expert, key=key)
    for key in "da":
        await shown(pages, render, expert, key=key)

    assert await shown(pages, render, expert, key="a") == "1"
    assert await shown(pages, render, expert, key="b") == "5"


def test_a_minute_ends_at_the_next_whole_one():
    assert next_minute(NOW) == datetime(2031, 7, 8, 9, 31, tzinfo=UTC)
    assert next_minute(next_minute(NOW)) == datetime(2031, 7, 8, 9, 32, tzinfo=UTC)
