"""Pages that are opened while horizons roll on: a load process's part of the figure."""

import asyncio
import time
from dataclasses import dataclass
from statistics import median

from pymongo import AsyncMongoClient

from domain.rules.instants import EPOCH
from domain.store.core.database import Document, database_name
from tests.bench.browser import Browser

WARMING = 20
PAUSE_S = 0.05
"""From one page to the next: what is felt is not the load of these pages themselves."""
LOOK_EVERY = 20
"""How many pages are opened before the next look whether all is rolled on."""


@dataclass(frozen=True)
class Felt:
    """How long pages took, in milliseconds."""

    median_ms: float
    p99_ms: float


@dataclass(frozen=True)
class Rolled:
    """What rolling on took, and what was felt of it."""

    before: Felt
    meanwhile: Felt
    seconds: float


async def roll(uri: str, url: str, path: str, pages: int) -> Rolled:
    """Open a page again and again, at first so many times, then while experts are rolled on."""
    browser = await Browser.at(url)
    await _open(browser, path, WARMING)
    before = await _open(browser, path, pages)
    async with AsyncMongoClient[Document](uri) as client:
        experts = client[database_name(uri)].experts
        begun = time.perf_counter()
        await experts.update_many({"has_hours": True}, {"$set": {"plan_due_at": EPOCH}})
        meanwhile = []
        while await experts.find_one({"has_hours": True, "planned_at": EPOCH}, {"_id": True}):
            meanwhile += await _open(browser, path, LOOK_EVERY)
    seconds = time.perf_counter() - begun
    browser.close()
    return Rolled(_felt(before), _felt(meanwhile), seconds)


async def _open(browser: Browser, path: str, pages: int) -> list[float]:
    taken = []
    for _ in range(pages):
        begun = time.perf_counter()
        answer = await browser.get(path)
        taken.append(1000 * (time.perf_counter() - begun))
        assert answer.status == 200, answer
        await asyncio.sleep(PAUSE_S)
    return taken


def _felt(taken: list[float]) -> Felt:
    return Felt(median(taken), sorted(taken)[int(len(taken) * 0.99)])
