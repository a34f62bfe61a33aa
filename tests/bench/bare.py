"""The floors at the database: what the program must ask and write, and nothing around it.

By PyMongo's own asynchronous client, which is no slower than Motor, on the core that the program
would have.
"""

from contextlib import asynccontextmanager
from datetime import timedelta

from pymongo import AsyncMongoClient
from pymongo.asynchronous.database import AsyncDatabase

from domain.discovery.free_busy import DAYS_AHEAD
from domain.rules.slots import SlotState
from domain.rules.windows import Window
from domain.store.core.database import Document, database_name
from domain.store.slots.guards import free_guard
from domain.store.slots.open_days import Opening
from tests.bench.load import Taken, in_turns
from web.http import clock

_STARTS = {"_id": False, "starts_at": True}
_OPENING = dict.fromkeys(set(Opening._fields) - {"slot_id"}, True)
_SPANS = dict.fromkeys(("starts_at", "ends_at", "state", "held_until", "changed_at"), True)

Bare = AsyncDatabase[Document]


@asynccontextmanager
async def connected(uri: str):
    """Connect as the program does."""
    async with AsyncMongoClient[Document](uri, tz_aware=True, w="majority") as client:
        yield client[database_name(uri)]


async def list_experts(uri: str, clients: int, requests: int) -> Taken:
    """Ask what discovery would have to ask, had it no memory: a count, a page, the languages."""
    async with connected(uri) as database:
        listed: Document = {"listed": True}
        order = [("rating", -1), ("sort_name", 1), ("slug", 1)]

        async def turn() -> None:
            await database.experts.count_documents(listed)
            await database.experts.find(listed).sort(order).limit(12).to_list()
            await database.experts.distinct("languages", listed)

        return await in_turns([turn] * requests, clients, warming=requests // 5)


async def read_times(uri: str, slug: str, clients: int, requests: int) -> Taken:
    """Ask what an expert's page asks: what the visitor has, the free times of a month, a day's."""
    async with connected(uri) as database:
        expert = await database.experts.find_one({"slug": slug})
        assert expert is not None
        own: Document = {"expert_id": expert["_id"]}

        async def turn() -> None:
            now = clock.now()
            held: Document = {"state": "held", "held_by": "me", "held_until": {"$gt": now}}
            await database.slots.find(held).to_list()
            await database.waitlist.find({**own, "visitor_id": "me"}).to_list()
            month = {"$gte": now, "$lt": now + timedelta(days=31)}
            free = database.slots.find({**free_guard(now), **own, "starts_at": month}, _STARTS)
            await free.sort("starts_at").to_list()
            day = {"$gte": now, "$lt": now + timedelta(days=1)}
            await database.slots.find({**own, "starts_at": day}).sort("starts_at").to_list()

        return await in_turns([turn] * requests, clients, warming=requests // 5)


async def read_window(uri: str, window: Window, clients: int, requests: int) -> Taken:
    """Ask for everybody's claimable times that start within a window."""
    async with connected(uri) as database:

        async def turn() -> None:
            within = {"$gte": window.start, "$lt": window.end}
            for state in (SlotState.HELD, SlotState.OPEN):
                query = {"state": state.value, "starts_at": within}
                await database.slots.find(query, _OPENING).to_list()

        return await in_turns([turn] * requests, clients, warming=requests // 5)


async def read_two_months(uri: str, slug: str, clients: int, requests: int) -> Taken:
    """Ask what an expert's availability is made of."""
    async with connected(uri) as database:
        expert = await database.experts.find_one({"slug": slug})
        assert expert is not None

        async def turn() -> None:
            start = clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
            ahead = {"$gte": start, "$lt": start + timedelta(days=DAYS_AHEAD)}
            query = {"expert_id": expert["_id"], "starts_at": ahead}
            times = database.slots.find(query, _SPANS)
            await times.sort("starts_at").to_list()

        return await in_turns([turn] * requests, clients, warming=requests // 5)
