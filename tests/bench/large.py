"""A database as a large marketplace has it: its past, and times that can be had in every week."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice, product

from pymongo import MongoClient

from domain.seeds.factories import SlotFactory
from domain.store.core.database import Document, Key, database_name
from domain.store.documents import Slot
from tests.bench import archives
from tests.bench.scale import Size
from web.http import clock

CACHE_MB = 4_096
"""What the database may keep in memory."""

_AT_ONCE = 10_000
_SESSION = timedelta(minutes=30)
_FIRST_HOUR, _HOURS = 8, 10
"""Of each day, in UTC. Half past the hour: what was booked begins with it."""


def fill(uri: str, size: Size) -> None:
    """Add experts, an archive of bookings, and times to book in the weeks to come."""
    archives.fill(uri, experts=size.experts, bookings=size.bookings)
    midnight = clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
    with MongoClient[Document](uri, tz_aware=True) as client:
        database = client[database_name(uri)]
        keys = [expert["_id"] for expert in database.experts.find({}, ["_id"])]
        each = (size.slots - size.bookings) // size.experts
        made = _open_times(keys, each, midnight + timedelta(days=1))
        with archives.indexed_after(database.slots, Slot):
            while some := list(islice(made, _AT_ONCE)):
                database.slots.insert_many(some, ordered=False)
        first = _start(0, midnight + timedelta(days=1))
        database.experts.update_many({}, {"$set": {"next_free_at": first}})


def _open_times(keys: list[Key], each: int, first_day: datetime) -> Iterator[Document]:
    model = dict(SlotFactory.build().model_dump_doc())
    now = clock.now()
    for n, expert_id in product(range(each), keys):
        starts_at = _start(n, first_day)
        span = {"starts_at": starts_at, "ends_at": starts_at + _SESSION, "closes_at": starts_at}
        yield {**model, **span, "_id": Key(), "expert_id": expert_id, "changed_at": now}


def _start(n: int, first_day: datetime) -> datetime:
    day, hour = divmod(n, _HOURS)
    return first_day + timedelta(days=day, hours=_FIRST_HOUR + hour, minutes=30)


def enlarge_cache(server: str) -> None:
    """Give the database a cache for millions of documents."""
    with MongoClient[Document](server) as client:
        size = f"cache_size={CACHE_MB}M"
        client.admin.command({"setParameter": 1, "wiredTigerEngineRuntimeConfig": size})
