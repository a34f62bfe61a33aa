"""Messages that go straight to the connections, in one pass over them."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from bson import ObjectId

from domain.rules.slots import SlotState
from domain.store.core.database import Database
from tests.live.support import (
    LONDON,
    Heard,
    add_slots,
    change,
    hold,
    read_messages,
    streams,
)
from tests.live.unread import Wordy, unread
from tests.waiting import PATIENCE_S
from web.http import clock
from web.live.hub import Hub
from web.live.listener import Listener
from web.live.messages import Message
from web.live.outlet import Outlet


class Wire:
    """A connection: writes down what is sent, unless it has no room or is broken."""

    chunked_encoding = True
    response_complete = False

    def __init__(self) -> None:
        self.disconnected = False
        self.room = asyncio.Event()
        self.room.set()
        self.broken = False
        self.written: list[bytes] = []
        self.transport = self.flow = self

    @property
    def write_paused(self) -> bool:
        return not self.room.is_set()

    def write(self, chunk: bytes) -> None:
        if self.broken:
            raise OSError
        length, _, rest = chunk.partition(b"\r\n")
        assert rest[int(length, 16) :] == b"\r\n"
        self.written.append(rest[:-2])

    def is_closing(self) -> bool:
        return self.disconnected

    def abort(self) -> None:
        self.disconnected = True

    async def send(self, data: bytes) -> None:
        await self.room.wait()
        self.written.append(data)


@contextmanager
def listening(hub: Hub, expert: ObjectId, wire: Wire) -> Iterator[Listener]:
    outlet = Outlet()
    outlet.open(wire)
    with hub.subscribe(expert, LONDON, outlet) as listener:
        yield listener


async def serve(listener: Listener, wire: Wire) -> None:
    """What the task of a stream does."""
    while data := await listener.take():
        await wire.send(data)


async def at_rest(listener: Listener, wire: Wire) -> asyncio.Task[None]:
    """Run the listener's task until it waits for news."""
    task = asyncio.create_task(serve(listener, wire))
    await asyncio.sleep(0)
    return task


def tell(hub: Hub, expert: ObjectId, *words: bytes) -> None:
    for word in words:
        hub.send(expert, LONDON, Message(word))


async def test_a_message_is_on_every_wire_before_any_task_has_run():
    hub, expert, ann, ben = Hub(), ObjectId(), Wire(), Wire()

    with listening(hub, expert, ann) as a, listening(hub, expert, ben) as b:
        tasks = [await at_rest(a, ann), await at_rest(b, ben)]
        tell(hub, expert, b"1", b"2")

        assert (ann.written, ben.written) == ([b"1", b"2"], [b"1", b"2"])
        hub.end()
        await asyncio.gather(*tasks)

    assert ann.written == [b"1", b"2"]


async def test_a_wire_without_room_gets_its_messages_later_in_order_and_delays_nobody():
    hub, expert, slow, quick = Hub(), ObjectId(), Wire(), Wire()

    with listening(hub, expert, slow) as s, listening(hub, expert, quick) as q:
        tasks = [await at_rest(s, slow), await at_rest(q, quick)]
        tell(hub, expert, b"1")
        slow.room.clear()
        tell(hub, expert, b"2", b"3")
        await asyncio.sleep(0)  # the task has taken both, and waits for room
        slow.room.set()
        tell(hub, expert, b"4")
        before = list(slow.written), list(quick.written)
        await asyncio.sleep(0.01)
        tell(hub, expert, b"5")

        assert before == ([b"1"], [b"1", b"2", b"3", b"4"])
        assert slow.written == [b"1", b"23", b"4", b"5"]
        hub.end()
        await asyncio.gather(*tasks)


async def test_what_comes_before_a_listener_waits_for_it_is_queued():
    hub, expert, wire = Hub(), ObjectId(), Wire()

    with listening(hub, expert, wire) as listener:
        tell(hub, expert, b"during the catch-up")
        assert wire.written == []

        assert await listener.take() == b"during the catch-up"
        tell(hub, expert, b"before that is sent")
        assert wire.written == []

        assert await listener.take() == b"before that is sent"


async def test_a_state_that_the_catch_up_has_shown_goes_neither_way():
    hub, expert, wire = Hub(), ObjectId(), Wire()

    with listening(hub, expert, wire) as listener:
        listener.shown = {"slot": 3}
        hub.send(expert, LONDON, Message(b"queued", {"slot": 3}))
        task = await at_rest(listener, wire)
        hub.send(expert, LONDON, Message(b"straight", {"slot": 2}))
        hub.send(expert, LONDON, Message(b"news", {"slot": 4}))

        assert wire.written == [b"news"]
        hub.end()
        await task


async def test_a_wire_without_room_for_too_long_is_cut_off():
    hub, expert, wire = Hub(queue=2), ObjectId(), Wire()

    with listening(hub, expert, wire) as listener:
        task = await at_rest(listener, wire)
        wire.room.clear()
        tell(hub, expert, b"1", b"2", b"3")
        await asyncio.wait_for(task, PATIENCE_S)

    assert wire.written == []


async def test_a_broken_wire_ends_its_own_stream_alone():
    hub, expert, broken, sound = Hub(), ObjectId(), Wire(), Wire()

    with listening(hub, expert, broken) as b, listening(hub, expert, sound) as s:
        ends, goes_on = await at_rest(b, broken), await at_rest(s, sound)
        broken.broken = True
        tell(hub, expert, b"1")
        await asyncio.wait_for(ends, PATIENCE_S)

        assert sound.written == [b"1"]
        assert not goes_on.done()
        hub.end()
        await goes_on


async def test_a_closed_outlet_lets_nothing_through():
    outlet, wire = Outlet(), Wire()
    outlet.open(wire)
    outlet.close()

    assert not outlet.write(Message(b"late"))
    assert wire.written == []


def test_a_message_without_a_word_does_not_end_the_stream():
    assert Message(b"").chunk == b""
    assert Message(b"news").chunk == b"4\r\nnews\r\n"


@pytest.mark.parametrize(
    ("state", "value"),
    [("disconnected", True), ("response_complete", True), ("chunked_encoding", None)],
)
def test_nothing_is_written_where_no_chunk_belongs(state: str, value: bool | None):
    outlet, wire = Outlet(), Wire()
    setattr(wire, state, value)
    outlet.open(wire)

    assert not outlet.write(Message(b"astray"))
    assert wire.written == []


# Over real connections.


class Ways:
    """Counts which messages went straight to their connections, and which had to wait."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.straight = self.waited = 0
        write = Outlet.write

        def counted(outlet: Outlet, message: Message) -> bool:
            done = write(outlet, message)
            self.straight += done
            self.waited += not done
            return done

        monkeypatch.setattr(Outlet, "write", counted)


async def test_listeners_that_read_get_everything_straight(
    database: Database, monkeypatch: pytest.MonkeyPatch
):
    expert = ObjectId()
    (slot,) = await add_slots(database, expert)
    ways = Ways(monkeypatch)

    async with (
        streams(database) as live,
        live.listen(expert) as ann,
        live.listen(expert) as ben,
    ):
        for n in range(1, 6):
            await change(database, slot, SlotState.BOOKED)
            await change(database, slot, SlotState.OPEN)
            await asyncio.gather(ann.hear("slotFreed", n), ben.hear("slotFreed", n))
        await ann.hear("dayChanged")

    assert ways.straight >= 20
    assert ways.waited == 0


async def read_to_the_last_chunk(reader: asyncio.StreamReader) -> list[Heard]:
    """Read the messages of a chunked body; fails where one is cut or the last is missing."""
    text = b""
    await reader.readuntil(b"\r\n\r\n")
    while length := int(await reader.readline(), 16):
        text += await reader.readexactly(length)
        assert await reader.readexactly(2) == b"\r\n"
    return read_messages(text.decode())


async def test_a_listener_that_pauses_gets_the_rest_in_order_and_others_need_not_wait(
    database: Database, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("web.live.heart.PING_SECONDS", 0.02)  # pings fall in between
    expert = ObjectId()
    (slot,) = await add_slots(database, expert)
    ways = Ways(monkeypatch)

    async with (
        streams(database, Wordy()) as live,
        live.listen(expert) as quick,
        unread(live, expert) as slow,
    ):
        changes = 0
        while not ways.waited:
            await hold(database, slot, until=clock.now() + timedelta(minutes=5))
            changes += 1
            await quick.hear("slotHeld", changes)
        reading = asyncio.create_task(read_to_the_last_chunk(slow))
        await hold(database, slot, until=clock.now() + timedelta(minutes=5))
        await quick.hear("slotHeld", changes + 1)
        live.feed.end_streams()
        heard = await asyncio.wait_for(reading, PATIENCE_S)

    revs = [message.rev for message in heard if message.event == "slotHeld"]
    assert revs == list(range(2, changes + 3))
    assert ways.straight > changes
