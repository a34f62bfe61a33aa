"""Pings: everybody hears one now and then, and not all at once."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime

import pytest
from bson import ObjectId

from domain.rules.windows import Window
from tests.live.support import LONDON
from tests.live.test_outlet import Wire, at_rest
from tests.waiting import until
from web.live.heart import TURNS
from web.live.hub import Hub, Topic
from web.live.messages import Message, ping
from web.live.outlet import Outlet
from web.live.rendering import ANYBODY

TOLD = datetime(2028, 2, 29, 12, tzinfo=UTC)
DATED, UNDATED = ping(TOLD), ping(None)
PERIOD_S = 0.15


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Hub:
    """A hub whose heart beats quickly."""
    monkeypatch.setattr("web.live.heart.PING_SECONDS", PERIOD_S)
    return Hub(told_until=lambda: TOLD)


@asynccontextmanager
async def open_wire(hub: Hub, topic: Topic | None = None) -> AsyncIterator[Wire]:
    """Listen on a wire that everything has been sent to."""
    wire, outlet = Wire(), Outlet()
    outlet.open(wire)
    audience = ANYBODY if topic else LONDON
    with hub.subscribe(topic or ObjectId(), audience, outlet) as listener:
        task = await at_rest(listener, wire)
        yield wire
        listener.end()
        await task


async def test_a_listener_is_pinged_once_a_period_and_told_until_when_it_knows_everything(hub: Hub):
    async with open_wire(hub) as wire:
        begun = time.monotonic()
        await until(lambda: len(wire.written) == 4)
        seconds = time.monotonic() - begun

    assert wire.written == 4 * [DATED]
    assert seconds > 3.8 * PERIOD_S


async def test_listeners_who_came_at_different_times_are_not_pinged_at_once(hub: Hub):
    async with AsyncExitStack() as end:
        early = await end.enter_async_context(open_wire(hub))
        await asyncio.sleep(PERIOD_S / 2)
        late = await end.enter_async_context(open_wire(hub))
        await until(lambda: bool(early.written))

        assert late.written == []
        await until(lambda: bool(late.written))


async def test_a_listener_with_news_that_wait_is_pinged_without_a_position(hub: Hub):
    expert = ObjectId()

    with hub.subscribe(expert, LONDON) as listener:
        hub.send(expert, LONDON, Message(b"news"))
        await asyncio.sleep(1.5 * PERIOD_S)

        assert await listener.take() == b"news" + UNDATED


async def test_who_waits_for_free_times_has_no_position(hub: Hub):
    window = Window(TOLD, TOLD.replace(hour=13))

    async with open_wire(hub, window) as wire:
        await until(lambda: bool(wire.written))

    assert wire.written[0] == UNDATED


async def test_who_comes_after_a_time_without_listeners_is_pinged_and_who_left_is_not(hub: Hub):
    async with open_wire(hub) as gone:
        pass
    await asyncio.sleep(2 * PERIOD_S / TURNS)

    async with open_wire(hub) as wire:
        await until(lambda: bool(wire.written))

    assert gone.written == []
