"""The watcher on the real database: what it names, and what it does after a failure."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from bson import ObjectId
from pymongo import AsyncMongoClient
from pymongo.errors import ConnectionFailure, OperationFailure

from domain.rules.events import SlotEvent
from domain.rules.slots import SlotState
from domain.store.core.background import end
from domain.store.core.database import Database, Document, connect
from domain.store.documents import Slot
from domain.store.memory.slot_changes import SlotChange, read_change, slot_watcher
from tests.addresses import database_at, port_of, through
from tests.live.relay import Relay
from tests.live.support import (
    LONDON,
    TOKYO,
    TinyRenderer,
    add_slots,
    change,
    free,
    hold,
    milliseconds_ago,
    read_messages,
    streams,
)
from tests.servers import database_on, mongod
from tests.waiting import until
from web.http import clock
from web.live import LiveFeed
from web.live.positions import START_NOW
from web.server.database_process import EmbeddedDatabase

LATER = timedelta(minutes=5)
Token = Mapping[str, Any] | None

MUCH = b"x" * 15_000_000
"""As much as a document holds, nearly: the server's log keeps 200 MB, and a little more."""


class Diary:
    """Writes down what the watcher tells."""

    def __init__(self) -> None:
        self.changes: list[SlotChange] = []
        self.ups: list[datetime] = []
        self.downs = 0

    async def up(self, since: datetime) -> None:
        self.ups.append(since)

    async def changed(self, change: SlotChange) -> None:
        self.changes.append(change)

    def down(self) -> None:
        self.downs += 1

    def events(self) -> list[SlotEvent | None]:
        return [change.event for change in self.changes]


@asynccontextmanager
async def watching(database: Database) -> AsyncIterator[Diary]:
    diary = Diary()
    task = asyncio.create_task(slot_watcher(database, diary, clock=clock.now).run())
    await until(lambda: bool(diary.ups))
    yield diary
    await end(task)


async def test_every_transition_has_its_name(database: Database):
    async with watching(database) as diary:
        (slot,) = await add_slots(database, ObjectId())
        await hold(database, slot, until=clock.now() + LATER)
        await free(database, slot)
        await change(database, slot, SlotState.BOOKED)
        await change(database, slot, SlotState.WITHDRAWN)
        await until(lambda: len(diary.changes) == 5)

    assert diary.events() == [
        SlotEvent.PUBLISHED,
        SlotEvent.HELD,
        SlotEvent.FREED,
        SlotEvent.BOOKED,
        SlotEvent.WITHDRAWN,
    ]


async def test_a_lapsed_hold_taken_by_another_or_the_same_visitor_is_a_hold(database: Database):
    async with watching(database) as diary:
        (slot,) = await add_slots(database, ObjectId())
        for visitor in ["ann", "ben", "ben"]:
            await hold(database, slot, until=clock.now(), by=visitor)
            await asyncio.sleep(0.002)  # instants are whole milliseconds
        await until(lambda: len(diary.changes) == 4)

    assert diary.events()[1:] == [SlotEvent.HELD] * 3


async def test_an_extension_is_no_event_but_its_deadline_is_known(database: Database):
    async with watching(database) as diary:
        (slot,) = await add_slots(database, ObjectId())
        await hold(database, slot, until=clock.now() + LATER)
        later = clock.now() + 2 * LATER
        await database.collection(Slot).update_one(
            {"_id": slot.id},
            {"$set": {"held_until": later, "changed_at": clock.now()}, "$inc": {"rev": 1}},
        )
        await until(lambda: len(diary.changes) == 3)

    assert (diary.changes[-1].event, diary.changes[-1].held_until) == (None, later)


def test_a_change_is_dated_by_itself_not_by_the_newer_document(now: datetime):
    document = {"state": "open", "changed_at": now + LATER}
    update = {"updatedFields": {"state": "booked", "changed_at": now}}

    change = read_change(
        {"operationType": "update", "fullDocument": document, "updateDescription": update}
    )

    assert change is not None
    assert (change.event, change.at) == (SlotEvent.BOOKED, now)


def test_a_change_of_a_document_that_is_gone_is_passed_over():
    assert read_change({"operationType": "update", "fullDocument": None}) is None


async def test_a_token_that_the_server_no_longer_has_ends_in_a_catch_up(
    database: Database, monkeypatch: pytest.MonkeyPatch
):
    expert = ObjectId()
    lost, seen = await add_slots(database, expert, 2)

    async with streams(database) as live, live.listen(expert) as ann:
        watcher = live.feed._watcher
        with monkeypatch.context() as broken:
            broken.setattr(watcher, "_next", _fail)
            broken.setattr(watcher, "_open", _fail)
            await ann.hear("liveDown")
            await change(database, lost, SlotState.BOOKED)
            watcher._token = {"_data": "82" + "0" * 60}
        await ann.hear("liveUp")
        await change(database, seen, SlotState.BOOKED)
        heard = await ann.hear("slotBooked", 2)

    assert [message.slot_id for message in heard] == [str(lost.id), str(seen.id)]


@pytest.mark.soak  # the server forgets once a minute
@pytest.mark.timeout(300)
@pytest.mark.skipif(mongod() is None, reason="the other server's log keeps hours")
async def test_a_token_that_has_left_the_log_ends_in_a_catch_up_for_everyone(tmp_path: Path):
    experts = [ObjectId(), ObjectId()]
    async with Relay() as relay, AsyncExitStack() as end:
        server = end.enter_context(database_on(tmp_path))
        relay.target, uri = port_of(server.uri), database_at(server.uri, "forgets")
        database = connect(through(uri, relay.port))
        slots = [(await add_slots(database, expert))[0] for expert in experts]
        live = await end.enter_async_context(streams(database))
        everyone = [
            (slot, await end.enter_async_context(live.listen(slot.expert_id, zone=audience.zone)))
            for slot in slots
            for audience in (LONDON, LONDON, TOKYO)
        ]
        await change(database, slots[0], SlotState.HELD)
        await everyone[0][1].hear("slotHeld")  # the watcher has a token of its own

        await relay.cut()
        token = live.feed._watcher._token
        await asyncio.gather(*(ear.hear("liveDown") for _, ear in everyone))
        await _book_and_forget(uri, slots, token)
        relay.target = port_of(uri)
        await asyncio.gather(*(ear.hear("liveUp") for _, ear in everyone))
        booked = [(slot, (await ear.hear("slotBooked"))[0]) for slot, ear in everyone]
        await end.aclose()
        await _let_go(database)

    assert [message.slot_id for _, message in booked] == [str(slot.id) for slot, _ in booked]


async def _fail(*_: object) -> None:
    raise ConnectionFailure


async def test_a_dropped_collection_does_not_end_the_feed(database: Database):
    expert = ObjectId()
    await add_slots(database, expert)

    async with streams(database) as live, live.listen(expert) as ann:
        await database.motor[database.name].drop_collection("slots")
        await ann.hear("liveDown")
        await ann.hear("liveUp")
        (slot,) = await add_slots(database, expert)
        await hold(database, slot, until=clock.now() + LATER)
        await ann.hear("slotHeld")


async def test_a_killed_database_ends_in_a_catch_up_and_pages_know_meanwhile(tmp_path: Path):
    expert = ObjectId()
    async with Relay() as relay, AsyncExitStack() as end:
        with database_on(tmp_path) as server:
            relay.target, uri = port_of(server.uri), database_at(server.uri, "killed")
            database = connect(through(uri, relay.port))
            (slot,) = await add_slots(database, expert)
            live = await end.enter_async_context(streams(database))
            ann = await end.enter_async_context(live.listen(expert))
            _kill(server)
            await relay.cut()
            await ann.hear("liveDown")
            assert not live.feed.is_up
        with database_on(tmp_path) as server:
            await _book_behind_the_relay(database_at(server.uri, "killed"), slot)
            relay.target = port_of(server.uri)
            await ann.hear("liveUp")
            await ann.hear("slotBooked")
            assert live.feed.is_up
            await end.aclose()
            await _let_go(database)


async def test_who_connects_while_the_feed_is_down_is_told_so(database: Database):
    feed = LiveFeed(database, TinyRenderer(), clock.now)
    stream = feed.listen(ObjectId(), "UTC", "en", START_NOW)

    (first,) = read_messages((await anext(stream)).decode())
    await stream.aclose()

    assert first.event == "liveDown"
    assert int(first.id) > milliseconds_ago(60)


def _kill(server: EmbeddedDatabase) -> None:
    assert server.process is not None
    server.process.kill()
    server.process.wait()


async def _book_behind_the_relay(uri: str, slot: Slot) -> None:
    database = connect(uri)
    await change(database, slot, SlotState.BOOKED)
    await database.close()


async def _book_and_forget(uri: str, slots: Sequence[Slot], token: Token) -> None:
    """Book all of these, then write so much that the server's log has lost it."""
    database = connect(uri)
    for slot in slots:
        await change(database, slot, SlotState.BOOKED)
    await database.close()
    async with AsyncMongoClient[Document](uri) as client:
        while await _is_in_the_log(client, token):
            await client.noise.of.insert_one({"much": MUCH})
            await client.noise.of.delete_many({})


async def _is_in_the_log(client: AsyncMongoClient[Document], token: Token) -> bool:
    try:
        async with await client.forgets.slots.watch(resume_after=token, max_await_time_ms=1) as log:
            await log.try_next()
    except OperationFailure as lost:
        if lost.code != 286:
            raise
        return False
    return True


async def _let_go(database: Database) -> None:
    """Close a database behind a relay, which needs this loop for it."""
    await asyncio.to_thread(database.motor.close)
    await database.watching.close()
