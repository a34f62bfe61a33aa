"""What a listener hears over HTTP, from a real server and a real database."""

import asyncio
import re
import time
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from bson import ObjectId
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from domain.rules.instants import to_milliseconds
from domain.rules.slots import SlotState
from domain.store.core import changes
from domain.store.core.database import Database
from tests.live.crowd import deaf, vanish
from tests.live.support import (
    LONDON,
    TOKYO,
    Ear,
    Streams,
    TinyRenderer,
    add_slots,
    change,
    free,
    hold,
    milliseconds_ago,
    read_messages,
    streams,
)
from tests.live.unread import Wordy, unread
from tests.waiting import PATIENCE_S, until
from web.http import clock
from web.live.positions import START_NOW
from web.server.connections import BoundedConnection


def soon() -> datetime:
    return clock.now() + timedelta(minutes=5)


ON_ANY_SERVER = pytest.mark.parametrize("connection", [BoundedConnection, HttpToolsProtocol])
"""The program's own connections, and those of a server that doesn't say when they are lost."""

Connection = type[HttpToolsProtocol]


@ON_ANY_SERVER
async def test_a_change_reaches_every_listener_of_the_expert(
    database: Database, connection: Connection
):
    expert = ObjectId()
    (slot,) = await add_slots(database, expert)

    async with (
        streams(database, connection=connection) as live,
        live.listen(expert) as ann,
        live.listen(expert) as ben,
    ):
        for n in range(1, 4):
            await hold(database, slot, until=soon())
            await asyncio.gather(ann.hear("slotHeld", n), ben.hear("slotHeld", n))
            await free(database, slot)
            await asyncio.gather(ann.hear("slotFreed", n), ben.hear("slotFreed", n))


async def test_a_message_has_a_name_an_id_and_the_fragment(database: Database):
    expert = ObjectId()
    (slot,) = await add_slots(database, expert)

    async with streams(database) as live, live.listen(expert) as ann:
        booked_at = await change(database, slot, SlotState.BOOKED)
        (message,) = await ann.hear("slotBooked")

    assert message.id == str(to_milliseconds(booked_at))
    assert message.data == f'<li id="slot-{slot.id}" data-rev="2">\nbooked in Europe/London</li>'


async def test_listeners_of_other_experts_hear_nothing(database: Database):
    expert, other = ObjectId(), ObjectId()
    (slot,) = await add_slots(database, expert)
    (others_slot,) = await add_slots(database, other)
    renderer = TinyRenderer()

    async with (
        streams(database, renderer) as live,
        live.listen(expert) as ann,
        live.listen(other) as olga,
    ):
        await hold(database, slot, until=soon())
        await ann.hear("slotHeld")
        await ann.hear("dayChanged")
        rendered = list(renderer.asked)
        await hold(database, others_slot, until=soon())
        await olga.hear("slotHeld")

    assert olga.names() == ["slotHeld"]
    assert {message.slot_id for message in olga.heard} <= {str(others_slot.id), ""}
    assert rendered == [f"slot {LONDON.zone}", f"count {LONDON.zone}"]


async def test_a_fragment_is_rendered_once_for_all_listeners_that_are_alike(database: Database):
    expert = ObjectId()
    (slot,) = await add_slots(database, expert)
    renderer = TinyRenderer()

    async with (
        streams(database, renderer) as live,
        live.listen(expert) as a,
        live.listen(expert) as b,
        live.listen(expert, zone=TOKYO.zone) as c,
    ):
        await hold(database, slot, until=soon())
        heard = [(await ear.hear("slotHeld"))[0] for ear in (a, b, c)]

    assert [f"in {LONDON.zone}" in message.data for message in heard] == [True, True, False]
    slots_rendered = [asked for asked in renderer.asked if asked.startswith("slot")]
    assert sorted(slots_rendered) == [f"slot {TOKYO.zone}", f"slot {LONDON.zone}"]


async def test_a_change_between_rendering_and_connecting_is_caught_up(database: Database):
    expert = ObjectId()
    (slot,) = await add_slots(database, expert)
    after = milliseconds_ago(0)

    async with streams(database) as live:
        await change(database, slot, SlotState.BOOKED)
        async with live.listen(expert, after=after) as ann:
            (message,) = await ann.hear("slotBooked")
            count, *_ = await ann.hear("dayChanged")

    assert (message.slot_id, message.rev) == (str(slot.id), 2)
    assert count.data.endswith(">0</p>")


async def test_a_change_dated_before_the_position_but_committed_after_it_is_caught_up(
    database: Database,
):
    expert = ObjectId()
    (slot,) = await add_slots(database, expert)
    dated = clock.now() - timedelta(seconds=9.5)
    position = milliseconds_ago(0)
    await change(database, slot, SlotState.BOOKED, at=dated)

    async with streams(database) as live, live.listen(expert, last=position) as ann:
        await ann.hear("slotBooked")


async def test_a_change_while_the_database_is_read_is_sent_after_what_was_read(
    database: Database, monkeypatch: pytest.MonkeyPatch
):
    expert = ObjectId()
    early, late = await add_slots(database, expert, 2)
    after = milliseconds_ago(0)
    await change(database, early, SlotState.BOOKED)
    read = changes.changed_since

    async def read_then_be_overtaken(*arguments, **options):
        found = await read(*arguments, **options)
        await change(database, late, SlotState.BOOKED)
        await asyncio.sleep(0.2)  # the watcher brings the change while the read still runs
        return found

    monkeypatch.setattr(changes, "changed_since", read_then_be_overtaken)
    async with streams(database) as live, live.listen(expert, after=after) as ann:
        heard = await ann.hear("slotBooked", 2)

    assert [message.slot_id for message in heard] == [str(early.id), str(late.id)]


async def test_what_the_read_has_already_shown_is_not_sent_again(
    database: Database, monkeypatch: pytest.MonkeyPatch
):
    expert = ObjectId()
    slot, marker = await add_slots(database, expert, 2)
    after = milliseconds_ago(0)
    read = changes.changed_since

    async def be_overtaken_then_read(*arguments, **options):
        await change(database, slot, SlotState.BOOKED)
        await asyncio.sleep(0.2)  # the watcher brings the change before the read
        return await read(*arguments, **options)

    monkeypatch.setattr(changes, "changed_since", be_overtaken_then_read)
    async with streams(database) as live, live.listen(expert, after=after) as ann:
        await ann.hear("slotBooked")
        await hold(database, marker, until=soon())
        await ann.hear("slotHeld")

    assert ann.names() == ["slotBooked", "slotHeld"]


async def test_a_listener_that_comes_back_hears_what_it_missed(database: Database):
    expert = ObjectId()
    first, second, third = await add_slots(database, expert, 3)

    async with streams(database) as live:
        async with live.listen(expert) as ann:
            await hold(database, first, until=soon())
            (heard,) = await ann.hear("slotHeld")
        await change(database, second, SlotState.BOOKED)
        await change(database, third, SlotState.BOOKED)
        async with live.listen(expert, after=milliseconds_ago(3000), last=heard.id) as ann:
            missed = await ann.hear("slotBooked", 2)

    assert [message.slot_id for message in missed] == [str(second.id), str(third.id)]
    assert [int(message.id) for message in missed] == sorted(int(m.id) for m in missed)


async def test_a_stream_without_a_position_starts_now(database: Database):
    expert = ObjectId()
    before, after = await add_slots(database, expert, 2)
    await change(database, before, SlotState.BOOKED)

    async with streams(database) as live, live.listen(expert) as ann:
        await hold(database, after, until=soon())
        await ann.hear("slotHeld")

    assert ann.names() == ["slotHeld"]


@pytest.mark.parametrize(
    "position", ["nonsense", "-1", "0", "9" * 15, "9" * 40, milliseconds_ago(3601)]
)
async def test_a_position_of_no_use_gets_the_whole_list(database: Database, position: object):
    expert = ObjectId()
    await add_slots(database, expert, 2, starts_at=clock.now() + timedelta(hours=24))

    async with streams(database) as live, live.listen(expert, last=position) as ann:
        (message,) = await ann.hear("resync")

    assert message.data == '<div id="days">2</div>'
    assert int(message.id) > milliseconds_ago(60)


async def test_more_than_200_changes_are_one_whole_list(database: Database):
    expert = ObjectId()
    await add_slots(database, expert, 201, published=timedelta(seconds=30))

    async with streams(database) as live, live.listen(expert, after=milliseconds_ago(25)) as ann:
        await ann.hear("resync")

    assert ann.names() == ["resync"]


async def test_a_published_time_brings_its_whole_day(database: Database):
    expert = ObjectId()
    (slot,) = await add_slots(database, expert)

    async with streams(database) as live, live.listen(expert) as ann:
        starts_at = slot.starts_at + timedelta(hours=2)
        (new,) = await add_slots(database, expert, starts_at=starts_at)
        (message,) = await ann.hear("slotPublished")

    day = slot.starts_at.date()
    assert message.data == f'<section id="day-{day}">{slot.id}=open {new.id}=open</section>'


async def test_a_withdrawn_time_brings_the_day_as_each_viewer_divides_it(database: Database):
    expert = ObjectId()
    late = clock.now().replace(hour=22, minute=0, second=0) + timedelta(days=3)
    (slot,) = await add_slots(database, expert, starts_at=late)

    async with (
        streams(database) as live,
        live.listen(expert) as ann,
        live.listen(expert, zone=TOKYO.zone) as kei,
    ):
        await change(database, slot, SlotState.WITHDRAWN)
        (in_london,) = await ann.hear("slotWithdrawn")
        (in_tokyo,) = await kei.hear("slotWithdrawn")

    assert f"day-{late.date()}" in in_london.data
    assert f"day-{late.date() + timedelta(days=1)}" in in_tokyo.data


async def test_the_days_count_follows_at_most_once_a_second(database: Database):
    expert = ObjectId()
    slots = await add_slots(database, expert, 12)

    async with streams(database) as live, live.listen(expert) as ann:
        started = time.monotonic()
        for slot in slots:
            await change(database, slot, SlotState.BOOKED)
        await until(lambda: _counts(ann)[-1:] == [0])
        seconds = time.monotonic() - started

    assert len(_counts(ann)) <= 1 + seconds


def _counts(ear: Ear) -> list[int]:
    """Return the numbers of free times that a listener heard of."""
    days = [message.data for message in ear.heard if message.event == "dayChanged"]
    return [int(re.sub("<.*?>", "", data)) for data in days]


async def test_a_listener_that_does_not_keep_up_is_cut_off_and_recovers(database: Database):
    expert = ObjectId()
    slots = await add_slots(database, expert, 40)
    audience, position = LONDON, milliseconds_ago(0)

    async with streams(database, queue=8) as live:
        slow = live.feed.listen(expert, audience.zone, audience.language, START_NOW)
        pending = asyncio.create_task(anext(slow))
        async with live.listen(expert) as quick:
            for slot in slots:
                await change(database, slot, SlotState.BOOKED)
            await quick.hear("slotBooked", 40)
            first = await pending
            rest = b"".join([chunk async for chunk in slow])

        heard = read_messages((first + rest).decode())
        last = heard[-1].id if heard else position
        async with live.listen(expert, last=last) as back:
            await back.hear("slotBooked", 1)
            told = [*heard, *await back.hear("slotBooked", 39)]

    assert {m.slot_id for m in told if m.event == "slotBooked"} == {str(slot.id) for slot in slots}


@ON_ANY_SERVER
async def test_a_connection_that_reads_nothing_is_dropped(
    database: Database, connection: Connection, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("web.live.stream.SEND_SECONDS", 0.3)
    expert = ObjectId()
    (slot,) = await add_slots(database, expert)

    async with (
        streams(database, Wordy(), connection=connection) as live,
        unread(live, expert) as reader,
    ):
        await until(lambda: live.feed.listeners == 1)
        async with asyncio.timeout(PATIENCE_S):
            while live.feed.listeners:
                await hold(database, slot, until=soon())
        await until(lambda: not live.server.server_state.connections)
        received = await _read_to_the_end(reader)

    assert not received.endswith(b"0\r\n\r\n")


async def test_a_connection_that_vanishes_is_dropped_though_nothing_happens(
    database: Database, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("web.live.heart.PING_SECONDS", 0.2)
    monkeypatch.setattr("web.live.stream._VANISHED_MS", 500)

    async with streams(database) as live:
        url = f"{live.url}/{ObjectId()}"
        with (
            await asyncio.to_thread(deaf, url) as stays,
            await asyncio.to_thread(deaf, url) as goes,
        ):
            vanish(goes)
            await until(lambda: live.feed.listeners == 1)
            stays.settimeout(PATIENCE_S)
            stays.recv(4096)  # what it was sent so far
            assert await asyncio.to_thread(stays.recv, 4096)


async def _read_to_the_end(reader: asyncio.StreamReader) -> bytes:
    received = b""
    try:
        while part := await reader.read(1 << 20):
            received += part
    except ConnectionError:
        pass
    return received


@ON_ANY_SERVER
async def test_a_listener_that_leaves_is_forgotten(database: Database, connection: Connection):
    expert = ObjectId()

    async with streams(database, connection=connection) as live:
        async with live.listen(expert):
            assert live.feed.listeners == 1
        await until(lambda: live.feed.listeners == 0)


@ON_ANY_SERVER
async def test_a_silent_stream_is_pinged(
    database: Database, connection: Connection, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("web.live.heart.PING_SECONDS", 0.1)

    async with (
        streams(database, connection=connection) as live,
        live.listen(ObjectId()) as ann,
    ):
        pings = await ann.hear("ping", 3)

    assert [int(ping.id) for ping in pings] == sorted(int(ping.id) for ping in pings)


async def test_an_open_stream_takes_no_task_but_its_requests(database: Database):
    async with streams(database) as live:
        before = asyncio.all_tasks()
        async with AsyncExitStack() as end:
            for _ in range(20):
                await end.enter_async_context(live.listen(ObjectId()))
            begun = asyncio.all_tasks() - before

            assert len(live.server.server_state.tasks & begun) == 20
            assert len(begun) < 60  # each listener is one, too


@ON_ANY_SERVER
async def test_stopping_ends_a_hundred_streams_cleanly(database: Database, connection: Connection):
    expert = ObjectId()
    limits = httpx.Limits(max_connections=None)

    async with (
        streams(database, connection=connection) as live,
        httpx.AsyncClient(limits=limits, timeout=20) as client,
    ):
        url = f"{live.url}/{expert}"
        tasks = [asyncio.create_task(_listen_to_the_end(client, url)) for _ in range(100)]
        await until(lambda: live.feed.listeners == 100)
        live.feed.end_streams()
        async with asyncio.timeout(PATIENCE_S):
            await asyncio.gather(*tasks)


async def _listen_to_the_end(client: httpx.AsyncClient, url: str) -> str:
    """Read a whole stream; httpx fails where the last chunk is missing."""
    async with client.stream("GET", url) as response:
        return "".join([text async for text in response.aiter_text()])


async def test_a_listener_that_reads_nothing_does_not_hold_up_the_end(
    database: Database, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("web.live.feed.DRAIN_SECONDS", 0.2)
    expert = ObjectId()
    (slot,) = await add_slots(database, expert)

    async with streams(database, Wordy()) as live, unread(live, expert):
        await until(lambda: live.feed.listeners == 1)
        while not paused(live):
            await hold(database, slot, until=soon())
        live.feed.end_streams()
        await until(lambda: not live.server.server_state.connections)

        assert live.feed.listeners == 0


def paused(live: Streams) -> bool:
    """Say whether a connection has no room for more."""
    connections: Any = live.server.server_state.connections
    return any(connection.flow.write_paused for connection in connections)


async def test_who_comes_while_the_feed_stops_is_let_go_at_once(database: Database):
    async with streams(database) as live:
        live.feed.end_streams()
        async with live.listen(ObjectId()) as late:
            await asyncio.wait_for(late.ended.wait(), PATIENCE_S)


async def test_a_head_request_opens_no_stream(database: Database):
    async with streams(database) as live, httpx.AsyncClient() as client:
        answer = await client.head(f"{live.url}/{ObjectId()}")

        assert answer.headers["content-type"].startswith("text/event-stream")
        assert live.feed.listeners == 0
