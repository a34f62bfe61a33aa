"""Whoever lost a guard reads and decides again by what it was lost to, and not by older state."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from bson import ObjectId
from motor.motor_asyncio import AsyncIOMotorClientSession
from pymongo import WriteConcern

from domain.store.core import transactions
from domain.store.core.database import Document
from domain.store.core.transactions import all_or_nothing, expect_one
from tests.faults.site import Site
from tests.replica_set import SHORT_ELECTION_MS, USUAL_ELECTION_MS
from web.http import clock

_A_MOMENT_S = 0.5
COLLECTION = "guarded"


class Guarded:
    """A document that another writer changes, which only the primary knows so far."""

    def __init__(self, place: Site) -> None:
        self.database = place.database
        self.collection = place.database.motor[place.database.name][COLLECTION]
        self.id = ObjectId()
        self.has_lost = asyncio.Event()

    async def change_by_revision(self) -> bool:
        """Change it as it was before the other one."""

        async def work(session: AsyncIOMotorClientSession) -> None:
            guard = {"_id": self.id, "rev": 1}
            found = await self.collection.update_one(guard, {"$inc": {"rev": 1}}, session=session)
            self.has_lost.set()
            expect_one(found)

        return await all_or_nothing(self.database, work, now=clock.now())

    async def read(self) -> Document | None:
        """Read it as the program reads."""
        return await self.collection.find_one({"_id": self.id})


@asynccontextmanager
async def changed_on_the_primary_alone(place: Site) -> AsyncIterator[Guarded]:
    """Have another writer change a document while both secondaries are silent."""
    guarded = Guarded(place)
    await guarded.collection.insert_one({"_id": guarded.id, "rev": 1})
    await asyncio.to_thread(place.set.set_election, USUAL_ELECTION_MS)
    primary = await asyncio.to_thread(place.set.wait_for_primary)
    secondaries = [node for node in place.set.nodes if node is not primary]
    try:
        for node in secondaries:
            await asyncio.to_thread(node.silence)
        with primary.client(10_000) as client:
            theirs = client.get_database(place.database.name, write_concern=WriteConcern(1))
            update = theirs[COLLECTION].update_one
            await asyncio.to_thread(update, {"_id": guarded.id}, {"$inc": {"rev": 1}})
        yield guarded
    finally:
        for node in secondaries:
            node.wake()
        await asyncio.to_thread(place.set.wait_until_settled)
        await asyncio.to_thread(place.set.set_election, SHORT_ELECTION_MS)


async def test_who_loses_a_guard_then_reads_what_it_was_lost_to(place: Site):
    async with changed_on_the_primary_alone(place) as guarded:
        changing = asyncio.create_task(guarded.change_by_revision())
        await guarded.has_lost.wait()
        done, _ = await asyncio.wait({changing}, timeout=_A_MOMENT_S)
    has_changed = await changing

    assert not done
    assert has_changed is False
    assert await guarded.read() == {"_id": guarded.id, "rev": 2}


async def test_without_waiting_it_would_read_the_old_state_again(
    place: Site, monkeypatch: pytest.MonkeyPatch
):
    async def at_once(*_: object) -> None: ...

    monkeypatch.setattr(transactions, "_until_reads_see_why", at_once)
    async with changed_on_the_primary_alone(place) as guarded:
        has_changed = await guarded.change_by_revision()
        read = await guarded.read()

    assert has_changed is False
    assert read == {"_id": guarded.id, "rev": 1}
