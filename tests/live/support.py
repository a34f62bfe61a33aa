"""What the tests of the live feed share: a renderer, slots, a real server, and a listener."""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import httpx
import uvicorn
from litestar import HttpMethod, Litestar, Request, route
from litestar.params import FromPath
from odmantic import ObjectId
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from domain.rules.instants import EPOCH, to_milliseconds
from domain.rules.slots import LEAD, SlotState
from domain.store.core.database import Database, Key
from domain.store.documents import Slot
from tests.waiting import PATIENCE_S, until
from web.http import clock
from web.live import LiveFeed
from web.live.hub import QUEUE
from web.live.names import Word
from web.live.positions import read_position
from web.live.rendering import Audience
from web.live.stream import LiveResponse, live_response
from web.live.stream_limit import StreamLimit
from web.server.connections import BoundedConnection

IN_THEIR_OWN_TIME = frozenset({Word.DAY_CHANGED, Word.CAUGHT_UP, Word.PING})

LONDON = Audience("Europe/London", "en")
TOKYO = Audience("Asia/Tokyo", "en")


# ruff: noqa: ARG002 - a renderer is given more than this one shows


@dataclass
class TinyRenderer:
    """Renders what a test can read, and remembers what it was asked for."""

    asked: list[str] = field(default_factory=list)

    def slot(self, slot: Slot, zone: str, language: str, now: datetime) -> str:
        self.asked.append(f"slot {zone}")
        return f'<li id="slot-{slot.id}" data-rev="{slot.rev}">\n{slot.state} in {zone}</li>'

    def day(self, on: date, slots: Sequence[Slot], zone: str, language: str, now: datetime) -> str:
        self.asked.append(f"day {zone}")
        states = " ".join(f"{slot.id}={slot.state}" for slot in slots)
        return f'<section id="day-{on}">{states}</section>'

    def day_count(
        self, on: date, slots: Sequence[Slot], zone: str, language: str, now: datetime
    ) -> str:
        self.asked.append(f"count {zone}")
        free = sum(slot.state == SlotState.OPEN for slot in slots)
        return f'<p id="day-{on}-free">{free}</p>'

    def times(self, slots: Sequence[Slot], zone: str, language: str, now: datetime) -> str:
        self.asked.append(f"times {zone}")
        return f'<div id="days">{len(slots)}</div>'


async def add_slots(
    database: Database,
    expert_id: Key,
    count: int = 1,
    *,
    starts_at: datetime | None = None,
    published: timedelta = timedelta(hours=2),
) -> list[Slot]:
    """Publish times, an hour long each, as if that had been so long ago."""
    first = starts_at or clock.now().replace(hour=12, minute=0, second=0) + timedelta(days=2)
    long_ago = clock.now() - published
    slots = [
        Slot(
            id=Key(),
            expert_id=ObjectId(expert_id),
            starts_at=first + timedelta(minutes=20 * n),
            ends_at=first + timedelta(minutes=20 * n + 20),
            closes_at=first + timedelta(minutes=20 * n) - LEAD,
            published_at=long_ago,
            changed_at=long_ago,
        )
        for n in range(count)
    ]
    await database.engine.save_all(slots)
    return slots


async def change(
    database: Database,
    slot: Slot,
    state: SlotState,
    *,
    at: datetime | None = None,
    **fields: object,
) -> datetime:
    """Bring a slot into a state, as every transition does; return the instant it was dated."""
    at = at or clock.now()
    await database.collection(Slot).update_one(
        {"_id": slot.id},
        {"$set": {"state": state.value, "changed_at": at, **fields}, "$inc": {"rev": 1}},
    )
    return at


async def hold(database: Database, slot: Slot, *, until: datetime, by: str = "ann") -> datetime:
    """Have somebody hold a slot."""
    now = clock.now()
    fields = {"held_by": by, "held_since": now, "held_until": until}
    return await change(database, slot, SlotState.HELD, at=now, **fields)


async def free(database: Database, slot: Slot) -> datetime:
    """Give a slot back."""
    fields = {"held_by": None, "held_since": EPOCH, "held_until": EPOCH}
    return await change(database, slot, SlotState.OPEN, **fields)


@dataclass(frozen=True)
class Heard:
    """One message as a listener gets it."""

    event: str
    data: str
    id: str

    @property
    def slot_id(self) -> str:
        """Whose fragment it is, or an empty text."""
        found = re.search(r'id="slot-(\w+)"', self.data)
        return found[1] if found else ""

    @property
    def rev(self) -> int:
        """The state that the fragment shows."""
        found = re.search(r'data-rev="(\d+)"', self.data)
        return int(found[1]) if found else 0


def read_messages(text: str) -> list[Heard]:
    """Read whole messages as browsers do."""
    heard = []
    for block in text.split("\n\n"):
        fields: dict[str, list[str]] = {}
        for line in block.split("\n"):
            name, _, value = line.partition(": ")
            fields.setdefault(name, []).append(value)
        if "event" in fields:
            data, event_id = "\n".join(fields.get("data", [])), "".join(fields.get("id", []))
            heard.append(Heard(fields["event"][0], data, event_id))
    return heard


class Ear:
    """A listener over HTTP. Remembers all that it heard."""

    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self.heard: list[Heard] = []
        self.ended = asyncio.Event()
        self._news = asyncio.Event()
        self._task = asyncio.create_task(self._listen())

    async def _listen(self) -> None:
        text = ""
        try:
            async for chunk in self.response.aiter_text():
                *whole, text = (text + chunk).split("\n\n")
                self.heard += [message for block in whole for message in read_messages(block)]
                self._news.set()
        except httpx.TransportError:
            pass
        finally:
            self.ended.set()
            self._news.set()

    async def hear(self, event: str, count: int = 1) -> list[Heard]:
        """Wait until this event was heard so often; return all of them."""
        deadline = time.monotonic() + PATIENCE_S
        while True:
            self._news.clear()
            found = [message for message in self.heard if message.event == event]
            if len(found) >= count:
                return found
            if self.ended.is_set() or time.monotonic() > deadline:
                raise AssertionError(f"{event} x {count} not heard, but {self.heard}")
            with suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), deadline - time.monotonic())

    def names(self) -> list[str]:
        """Return the events heard, without those that come in their own time."""
        return [message.event for message in self.heard if message.event not in IN_THEIR_OWN_TIME]

    async def close(self) -> None:
        """Stop listening."""
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)


class QuietServer(uvicorn.Server):
    """Serves in a test's own loop and leaves signals alone."""

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.servers[0].sockets[0].getsockname()[1]}"

    def capture_signals(self) -> nullcontext[None]:  # type: ignore[override]
        """Capture nothing."""
        return nullcontext()


def live_app(feed: LiveFeed) -> Litestar:
    """An application with nothing but streams."""

    @route("/{expert:str}", http_method=[HttpMethod.GET, HttpMethod.HEAD])
    async def stream(request: Request, expert: FromPath[str]) -> LiveResponse:  # type: ignore[type-arg]
        query = request.query_params
        position = read_position(
            request.headers.get("Last-Event-ID"), query.get("after"), clock.now()
        )
        audience = Audience(query.get("zone", LONDON.zone), "en")
        seat = StreamLimit(1_000).seat("")
        return live_response(feed, Key(expert), audience, position, seat)

    return Litestar([stream], openapi_config=None)


@asynccontextmanager
async def serving(
    app: Litestar, feed: LiveFeed, connection: type[HttpToolsProtocol] = BoundedConnection
) -> AsyncIterator[QuietServer]:
    """Serve an application in this loop."""
    config = uvicorn.Config(
        app, port=0, http=connection, log_level="warning", lifespan="off", ws="none"
    )
    server = QuietServer(config)
    task = asyncio.create_task(server.serve())
    await until(lambda: server.started)
    try:
        yield server
    finally:
        feed.end_streams()
        server.should_exit = True
        await task


@asynccontextmanager
async def living(
    database: Database, renderer: TinyRenderer | None = None, *, queue: int = QUEUE
) -> AsyncIterator[LiveFeed]:
    """Run a feed as a process has one."""
    feed = LiveFeed(database, renderer or TinyRenderer(), clock.now, queue=queue)
    await feed.start()
    try:
        yield feed
    finally:
        await feed.stop()


class Streams:
    """A feed behind a real server, and the listeners on it."""

    def __init__(self, feed: LiveFeed, server: QuietServer, client: httpx.AsyncClient) -> None:
        self.feed = feed
        self.server = server
        self.url = server.url
        self._client = client

    @asynccontextmanager
    async def listen(
        self, expert_id: Key, *, zone: str = LONDON.zone, after: object = None, last: object = None
    ) -> AsyncIterator[Ear]:
        """Listen to an expert; a stream has subscribed before its headers are here."""
        params = {"zone": zone} | ({} if after is None else {"after": str(after)})
        headers = {} if last is None else {"Last-Event-ID": str(last)}
        url = f"{self.url}/{expert_id}"
        async with self._client.stream("GET", url, params=params, headers=headers) as response:
            assert response.status_code == 200
            ear = Ear(response)
            try:
                yield ear
            finally:
                await ear.close()


@asynccontextmanager
async def streams(
    database: Database,
    renderer: TinyRenderer | None = None,
    *,
    queue: int = QUEUE,
    connection: type[HttpToolsProtocol] = BoundedConnection,
) -> AsyncIterator[Streams]:
    """Run a feed and serve its streams."""
    limits = httpx.Limits(max_connections=None)
    async with (
        living(database, renderer, queue=queue) as feed,
        serving(live_app(feed), feed, connection) as server,
        httpx.AsyncClient(limits=limits, timeout=httpx.Timeout(5, read=None)) as client,
    ):
        yield Streams(feed, server, client)


def milliseconds_ago(seconds: float) -> int:
    """A position so long ago."""
    return to_milliseconds(clock.now() - timedelta(seconds=seconds))
