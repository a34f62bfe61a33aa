"""The load over HTTP: many browsers at once, as people without scripts use the pages."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import asynccontextmanager
from functools import partial
from secrets import token_urlsafe

from domain.store.core.database import Document, Key
from tests.bench.browser import Browser
from tests.bench.load import Taken, all_at_once, in_turns
from tests.bench.processes import Served, processor_us

ATTENDEE = {"name": "Ann Arbor", "phone": "", "notes": ""}


@asynccontextmanager
async def browsers(url: str, count: int, cookies: Mapping[str, str] | None = None):
    """Open so many browsers, each with a connection and cookies of its own, or those given."""
    opened = []
    for start in range(0, count, 20):
        some = (Browser.at(url, cookies) for _ in range(min(20, count - start)))
        opened += await asyncio.gather(*some)
    yield opened
    for browser in opened:
        browser.close()


async def read(
    url: str, path: str, clients: int, requests: int, *, cookies: Mapping[str, str] | None = None
) -> Taken:
    """Open a page again and again, signed in if the cookies say so."""
    async with browsers(url, clients, cookies) as opened:
        idle = list(opened)

        async def turn() -> None:
            browser = idle.pop()
            answer = await browser.get(path)
            assert answer.status == 200, answer
            idle.append(browser)

        return await in_turns([turn] * requests, clients, warming=requests // 5)


async def read_known(url: str, path: str, clients: int, requests: int) -> Taken:
    """Ask again and again whether what one has is still so; it is."""
    async with browsers(url, clients) as opened:
        idle = list(opened)
        known = {"If-None-Match": (await idle[0].get(path)).headers["etag"]}

        async def turn() -> None:
            browser = idle.pop()
            answer = await browser.get(path, known)
            assert answer.status == 304, answer
            idle.append(browser)

        return await in_turns([turn] * requests, clients, warming=requests // 5)


async def book(
    served: Served, slots: Sequence[Document], clients: int, *, holding: bool = True
) -> Taken:
    """Book distinct times: the choice, the form with its key, and the form sent.

    Args:
        served: The program.
        slots: The times.
        clients: How many book at once.
        holding: Whether each is held first, and its form read; else the form is just sent.
    """
    async with browsers(served.url, clients) as opened:
        idle, waiting = list(enumerate(opened)), iter(slots)

        async def turn() -> None:
            (n, browser), slot_id = idle.pop(), str(next(waiting)["_id"])
            key = await _key_of_form(browser, slot_id) if holding else token_urlsafe(18)
            sent = {"email": f"ann{n}@example.org", "request_key": key}
            booked = await browser.post(f"/slots/{slot_id}/book", ATTENDEE | sent)
            assert booked.status == 303, booked.text
            idle.append((n, browser))

        return await in_turns(
            [turn] * len(slots),
            clients,
            warming=len(slots) // 10,
            processor_s=lambda: processor_us(served.pid) / 1_000_000,
        )


async def _key_of_form(browser: Browser, slot_id: str) -> str:
    """Hold a time, and return the key of the form that this leads to."""
    held = await browser.post("/holds", {"slot_id": slot_id})
    assert held.status == 303, held
    form = await browser.get(held.headers["location"])
    return form.request_key


async def contend(url: str, slot_ids: Sequence[Key], times: int) -> float:
    """Choose one time after the other, all at once; return the seconds that the last one took."""
    async with browsers(url, times) as opened:
        answered: list[int] = []

        async def choose(browser: Browser, slot_id: Key) -> None:
            answer = await browser.post("/holds", {"slot_id": str(slot_id)})
            answered.append(answer.status)

        for slot_id in slot_ids:
            seconds = await all_at_once([partial(choose, browser, slot_id) for browser in opened])
        each = len(slot_ids)
        assert Counter(answered) == {303: each, 409: each * (times - 1)}, Counter(answered)
        return seconds
