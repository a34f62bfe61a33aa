"""Open pages whose connections are cut again and again, and that go on where they stood."""

import asyncio
import itertools
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from httptools import HttpResponseParser
from pymongo import AsyncMongoClient
from pymongo.asynchronous.collection import AsyncCollection

from domain.rules.instants import EPOCH, to_milliseconds
from domain.store.core.database import Document, Key, database_name
from domain.store.slots.guards import transition
from tests.bench.connections import connect, request_for
from web.http import clock

PAGES = 20
HOLD = timedelta(minutes=5)
SETTLE_S = 3.0
CHANGE_EVERY_S = 0.01
_SHORTEST_S, _LONGEST_S = 0.02, 0.4
_SLOT = re.compile(rb'id="slot-(\w+)"\s+(?:data:\s*)?data-rev="(\d+)"')
_ID = re.compile(rb"^id: (\d+)$", re.MULTILINE)


@dataclass
class Page:
    """What one open page shows: the newest revision of each time, and where it stands."""

    shown: dict[str, int]
    position: int

    def read(self, message: bytes) -> None:
        """Take a whole message in as the page's script does: never an older state."""
        for key, rev in _SLOT.findall(message):
            name = key.decode()
            self.shown[name] = max(int(rev), self.shown.get(name, 0))
        if found := _ID.search(message):
            self.position = int(found[1])

    def behind(self, truth: dict[str, int]) -> int:
        """Count the changes that it never heard of, nor of a later one of the same time."""
        return sum(max(0, rev - self.shown.get(key, 0)) for key, rev in truth.items())


class _Stream(asyncio.Protocol):
    """One connection of a page; what comes in part before a cut is lost, as in a browser."""

    def __init__(self, page: Page, request: bytes) -> None:
        self.transport: asyncio.Transport
        self._page = page
        self._request = request
        self._parser = HttpResponseParser(self)
        self._part = b""

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_body(self, body: bytes) -> None:
        *whole, self._part = (self._part + body).split(b"\n\n")
        for message in whole:
            self._page.read(message)


@dataclass(frozen=True)
class Outcome:
    """What was done, and what had gone wrong in the end."""

    changes: int
    lost: int
    """Changes that a page never heard of, over all pages."""
    old: int
    """Pages that end with a state older than the database's."""


async def cut_and_compare(
    urls: Sequence[str], uri: str, slot_ids: Sequence[Key], reconnects: int
) -> Outcome:
    """Cut pages off while times change, let them settle, and hold them to the database."""
    async with AsyncMongoClient[Document](uri, tz_aware=True, w="majority") as client:
        slots = client[database_name(uri)].slots
        position, truth = to_milliseconds(clock.now()), await _truth(slots)
        pages = [Page(dict(truth), position) for _ in range(PAGES)]
        changing = asyncio.create_task(_change(slots, slot_ids))
        each = -(-reconnects // PAGES)
        streams = await asyncio.gather(*(_keep_cutting(page, urls, each) for page in pages))
        changing.cancel()
        await asyncio.gather(changing, return_exceptions=True)
        await asyncio.sleep(SETTLE_S)
        truth, before = await _truth(slots), sum(truth.values())
        for stream in streams:
            stream.transport.abort()
    behind = [page.behind(truth) for page in pages]
    return Outcome(sum(truth.values()) - before, sum(behind), sum(map(bool, behind)))


async def _truth(slots: AsyncCollection[Document]) -> dict[str, int]:
    return {str(slot["_id"]): slot["rev"] async for slot in slots.find({}, {"rev": 1})}


async def _change(slots: AsyncCollection[Document], slot_ids: Sequence[Key]) -> None:
    for n, slot_id in enumerate(itertools.cycle(slot_ids)):
        now, held = clock.now(), n // len(slot_ids) % 2 == 0
        fields = {"held_by": "somebody", "held_since": now, "held_until": now + HOLD}
        if not held:
            fields = {"held_by": None, "held_since": EPOCH, "held_until": EPOCH}
        change = transition(now, state="held" if held else "open", **fields)
        await slots.update_one({"_id": slot_id}, change)
        await asyncio.sleep(CHANGE_EVERY_S)


async def _keep_cutting(page: Page, urls: Sequence[str], cuts: int) -> _Stream:
    """Cut one page off so often, each time for another process; return its last connection."""
    elsewhere = itertools.cycle(random.sample(urls, len(urls)))
    for _ in range(cuts):
        stream = await _open(page, next(elsewhere))
        await asyncio.sleep(random.uniform(_SHORTEST_S, _LONGEST_S))
        stream.transport.abort()
    return await _open(page, next(elsewhere))


async def _open(page: Page, url: str) -> _Stream:
    headers = ["Accept: text/event-stream", f"Last-Event-ID: {page.position}"]
    return await connect(url, _Stream(page, request_for(url, *headers)))
