"""A year of times, saved at a desk while pages are open: a load process's part of the figure."""

import asyncio
import re
import time
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from pymongo import AsyncMongoClient

from domain.store.core.database import Document, Key, database_name
from domain.store.documents.mails import MailState
from tests.bench.browser import Browser
from tests.bench.listeners import PATIENCE_S, listening
from tests.waiting import until
from web.http import clock

YEAR = 364
"""The days ahead that can be booked: with today they are a year of 365."""
HOURS = {"weekday": "days", "opens": "09:00", "closes": "17:00", "every": "1", "from": ""}
"""Eight sessions of an hour on every day."""
_LINK = re.compile(r"/bookings/link/[\w.-]+")
_DAY = re.compile(rb'data-day="([\d-]+)"')


@dataclass(frozen=True)
class Place:
    """A server that has a stream, and its database."""

    url: str
    path: str
    """Of the stream."""
    uri: str


@dataclass(frozen=True)
class Shown:
    """What it took to show a year of times."""

    last_ms: float
    """From saving the hours to when the last page had the last day."""
    sent: str
    """What one page got."""


def last_day() -> date:
    """Return the last day of a year that begins today, in UTC."""
    return (clock.now() + timedelta(days=YEAR)).date()


async def save(place: Place, address: str, pages: int) -> Shown:
    """Sign in to an expert's desk and save hours that make a year of times."""
    browser = await _at_desk(place, address)

    async def add_hours() -> None:
        answer = await browser.post("/desk/hours/rules", HOURS)
        assert answer.status == 303, answer

    shown = await _until_shown(place, pages, add_hours)
    browser.close()
    days = set(_DAY.findall(shown.sent.encode()))
    assert len(days) > YEAR, f"only {len(days)} days were told of"
    return shown


async def insert(place: Place, slots: Sequence[Document], pages: int) -> Shown:
    """Insert the same slots, bare."""
    expert_id = Key()
    same = [{**slot, "_id": Key(), "expert_id": expert_id} for slot in slots]
    async with AsyncMongoClient[Document](place.uri, w="majority") as client:
        collection = client[database_name(place.uri)].slots

        async def insert_all() -> None:
            await collection.insert_many(same)

        return await _until_shown(place, pages, insert_all)


async def _until_shown(
    place: Place, pages: int, act: Callable[[], Coroutine[Any, Any, None]]
) -> Shown:
    """Open so many pages, act, and wait until the last of them has been told of the last day."""
    async with listening(place.url + place.path, pages) as crowd:
        first = crowd.listeners[0]
        first.kept = []
        crowd.wait_for(b'data-day="%s"' % f"{last_day()}".encode())
        begun = time.perf_counter()
        async with asyncio.timeout(PATIENCE_S):
            await asyncio.gather(act(), crowd.everybody.wait())
        return Shown(1000 * (crowd.last_at - begun), b"".join(first.kept).decode())


async def _at_desk(place: Place, address: str) -> Browser:
    """Sign in by the link that waits in the outbox."""
    browser = await Browser.at(place.url)
    await browser.post("/bookings/link", {"email": address, "next": "/desk"})
    async with AsyncMongoClient[Document](place.uri) as client:
        outbox = client[database_name(place.uri)].outbox
        kept = {"to": address, "state": MailState.KEPT.value}
        mail = await until(lambda: outbox.find_one(kept))
    link = _LINK.search(mail["text"])
    assert link
    await browser.post(link[0], {"next": "/desk"})
    return browser
