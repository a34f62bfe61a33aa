"""Every message carries a position: to come back with the last one loses nothing."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from bson import ObjectId

from domain.rules.slots import SlotState
from domain.store.core.database import Database
from tests.live.support import (
    Ear,
    Streams,
    TinyRenderer,
    add_slots,
    change,
    live_app,
    milliseconds_ago,
    serving,
    streams,
)
from tests.waiting import until
from web.http import clock
from web.live import LiveFeed


@asynccontextmanager
async def blind(database: Database) -> AsyncIterator[Streams]:
    """Serve the streams of a feed whose watcher sees nothing."""
    feed = LiveFeed(database, TinyRenderer(), clock.now)
    async with serving(live_app(feed), feed) as server, httpx.AsyncClient() as client:
        yield Streams(feed, server, client)


def position(ear: Ear) -> str:
    """Return what a browser sends back: the last id that it was given."""
    return [message.id for message in ear.heard if message.id][-1]


async def test_who_reconnects_before_the_first_change_loses_nothing(database: Database):
    expert = ObjectId()
    (slot,) = await add_slots(database, expert)

    async with streams(database) as live:
        async with live.listen(expert) as ann:
            await ann.hear("caughtUp")
        await change(database, slot, SlotState.BOOKED)
        async with live.listen(expert, last=position(ann)) as again:
            await again.hear("slotBooked")
        async with live.listen(expert) as forgetful:
            await forgetful.hear("caughtUp")

    assert forgetful.names() == []


async def test_who_reconnects_after_a_ping_loses_nothing(
    database: Database, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("web.live.heart.PING_SECONDS", 0.1)
    expert = ObjectId()
    (slot,) = await add_slots(database, expert)

    async with streams(database) as live, live.listen(expert, after=milliseconds_ago(3000)) as ann:
        (first_word,) = await ann.hear("caughtUp")
        await until(lambda: position(ann) > first_word.id)
        await ann.close()
        await change(database, slot, SlotState.BOOKED)
        async with live.listen(expert, last=position(ann)) as again:
            await again.hear("slotBooked")


async def test_while_the_watcher_is_down_a_ping_has_no_position_and_nothing_is_lost(
    database: Database, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("web.live.heart.PING_SECONDS", 0.1)
    expert = ObjectId()
    (slot,) = await add_slots(database, expert)

    async with blind(database) as live, live.listen(expert) as ann:
        await ann.hear("ping", 3)
    await change(database, slot, SlotState.BOOKED)
    async with streams(database) as live, live.listen(expert, last=position(ann)) as again:
        await again.hear("slotBooked")

    assert [bool(message.id) for message in ann.heard[:2]] == [True, True]
    assert {message.id for message in ann.heard[2:]} == {""}


async def test_whatever_a_stream_sends_has_a_position(database: Database):
    expert = ObjectId()
    (slot,) = await add_slots(database, expert)

    async with streams(database) as live, live.listen(expert) as ann:
        await change(database, slot, SlotState.HELD)
        await ann.hear("dayChanged")
        await database.motor[database.name].drop_collection("slots")
        await ann.hear("liveUp")

    assert [message.event for message in ann.heard if not message.id] == []
