"""The watcher on the real database: what it names, and what it does after a failure."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from bson import ObjectId
from pymongo.errors import ConnectionFailure, OperationFailure

from domain.events import SlotEvent
from domain.slots import SlotState
from domain.store.database import Database, connect
from domain.store.documents import Slot
from domain.store.feed import SlotChange, read_change, slot_watcher
from tests.live.relay import Relay
from tests.live.support import (
    LONDON,
    TOKYO,
    TinyRenderer,
    add_slots,
    change,
    free,
    hold,
    read_messages,
    streams,
    until,
)
from web import clock
from web.embedded import EmbeddedDatabase, running_server
from web.live import LiveFeed
from web.live.positions import START_NOW

LATER = timedelta(minutes=5)

MUCH = 3_000
"""Writes after which the embedded server looks whether its log has become too long."""


class Diary:
    """Writes down what the watcher tells."""

    def __init__(self) -> None:
        self.changes: list[SlotChange] = []
        self.ups: list[datetime] = []
        self.downs = 0

    async def up(self, since: datetime) -> None:
        self.ups.append(since)

    def changed(self, change: SlotChange) -> None:
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
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


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


async def test_a_token_that_has_left_the_log_ends_in_a_catch_up_for_everyone(tmp_path: Path):
    (tmp_path / "database.toml").write_text("[oplog]\nmax_entries = 10\n")
    experts = [ObjectId(), ObjectId()]
    async with Relay() as relay, AsyncExitStack() as end:
        server = end.enter_context(running_server(tmp_path))
        relay.target = _port(server.uri)
        database = connect(f"mongodb://127.0.0.1:{relay.port}/forgets?directConnection=true")
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
        await _book_and_forget(server.uri, slots)
        relay.target = _port(server.uri)
        await asyncio.gather(*(ear.hear("liveUp") for _, ear in everyone))
        booked = [(slot, (await ear.hear("slotBooked"))[0]) for slot, ear in everyone]
        with pytest.raises(OperationFailure) as lost:
            await database.watching.forgets.slots.watch(resume_after=token)
        await end.aclose()
        await _let_go(database)

    assert lost.value.code == 286
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
    expert, storage = ObjectId(), str(tmp_path / "data")
    async with Relay() as relay, AsyncExitStack() as end:
        with running_server(tmp_path, storage=storage) as server:
            relay.target = _port(server.uri)
            database = connect(f"mongodb://127.0.0.1:{relay.port}/killed?directConnection=true")
            (slot,) = await add_slots(database, expert)
            live = await end.enter_async_context(streams(database))
            ann = await end.enter_async_context(live.listen(expert))
            _kill(server)
            await relay.cut()
            await ann.hear("liveDown")
            assert not live.feed.is_up
        with running_server(tmp_path, storage=storage) as server:
            await _book_behind_the_relay(server.uri, slot)
            relay.target = _port(server.uri)
            await ann.hear("liveUp")
            await ann.hear("slotBooked")
            assert live.feed.is_up
            await end.aclose()
            await _let_go(database)


async def test_who_connects_while_the_feed_is_down_is_told_so(database: Database):
    feed = LiveFeed(database, TinyRenderer(), clock.now)
    stream = feed.listen(ObjectId(), "UTC", "en", START_NOW)

    assert [m.event for m in read_messages((await anext(stream)).decode())] == ["liveDown"]
    await stream.aclose()


def _port(uri: str) -> int:
    return int(uri.rstrip("/").rpartition(":")[2])


def _kill(server: EmbeddedDatabase) -> None:
    assert server.process is not None
    server.process.kill()
    server.process.wait()


async def _book_behind_the_relay(uri: str, slot: Slot) -> None:
    database = connect(f"{uri}killed")
    await change(database, slot, SlotState.BOOKED)
    await database.close()


async def _book_and_forget(uri: str, slots: Sequence[Slot]) -> None:
    """Book all of these, then write so much that the server's log has lost it."""
    database = connect(f"{uri}forgets")
    for slot in slots:
        await change(database, slot, SlotState.BOOKED)
    for n in range(MUCH):
        await database.motor.noise.of.insert_one({"n": n})
    await database.close()


async def _let_go(database: Database) -> None:
    """Close a database behind a relay, which needs this loop for it."""
    await asyncio.to_thread(database.motor.close)
    await database.watching.close()
