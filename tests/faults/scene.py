"""One scene: people book and look, pages listen, and the database fails and comes back."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

from domain.store.documents import Expert, Slot
from tests.faults.journal import Journal
from tests.faults.load import Booker, Claims, Listener, Looker, Rivals
from tests.faults.site import Site
from tests.waiting import PATIENCE_S
from tests.web.visitors import Visitor, visitor

_WATCH_EVERY_S = 0.1
_RIVALRIES = 40
"""Of how many times of each expert there are two who want the same one."""
_GIVES_UP_S = 90.0
"""When whoever asks gives up: longer than any answer may take, shorter than for ever."""


@dataclass(frozen=True)
class Size:
    """How much goes on."""

    experts: int
    bookers: int
    listeners: int
    book_every_s: float
    look_every_s: float


SHORT = Size(experts=2, bookers=3, listeners=6, book_every_s=0.5, look_every_s=1.0)
LONG = Size(experts=6, bookers=8, listeners=20, book_every_s=0.2, look_every_s=0.2)


@dataclass
class Scene:
    """Everybody who is there, and what they have been through."""

    site: Site
    journal: Journal = field(default_factory=Journal)
    claims: Claims = field(default_factory=Claims)
    bookers: list[Booker] = field(default_factory=list)
    lookers: list[Looker] = field(default_factory=list)
    pages: list[tuple[Listener, Sequence[Slot]]] = field(default_factory=list)
    primaries: list[tuple[float, bool]] = field(default_factory=list)
    """Whether there was a primary, look by look."""
    broke_at: float = 0.0
    mended_at: float = 0.0
    primary_at: float = 0.0
    """When there was a primary again."""
    done: asyncio.Event = field(default_factory=asyncio.Event)
    going_on: list[asyncio.Task[None]] = field(default_factory=list)

    async def end(self) -> None:
        """Have everybody finish with what they do; the pages stay open."""
        self.done.set()
        await asyncio.wait_for(asyncio.gather(*self.going_on), _GIVES_UP_S)

    @property
    def listeners(self) -> list[Listener]:
        """The pages that are open."""
        return [page for page, _ in self.pages]

    def lookers_at(self, *kinds: str) -> list[Looker]:
        """Return who opens pages of these kinds, one at each server."""
        return [looker for looker in self.lookers if looker.what in kinds]

    async def until(self, missing: Callable[[], list[str]]) -> None:
        """Wait until nothing is missing; fails with what still is, and what is not answered."""
        deadline = time.monotonic() + PATIENCE_S
        while lacking := missing():
            now = time.monotonic()
            if now > deadline:
                unanswered = [f"{name} for {now - at:.1f} s" for name, at in self.journal.open]
                raise AssertionError(f"never: {lacking}; unanswered: {unanswered}")
            await asyncio.sleep(0.02)

    @property
    def works_from(self) -> float:
        """From when on everything has to work: the database is whole."""
        return max(self.primary_at, self.mended_at)

    async def until_primary(self, instant: float) -> None:
        """Wait until there has been a primary since then, and note since when."""

        def missing() -> list[str]:
            found = (at for at, there in self.primaries if there and at >= instant)
            self.primary_at = next(found, 0.0)
            return [] if self.primary_at else ["a primary"]

        await self.until(missing)

    def broken_since(self, instant: float) -> list[str]:
        """Return what has not worked since then, for anybody."""
        return [
            *("booking" for one in self.bookers if not one.booked_after(instant)),
            *(one.what for one in self.lookers if not one.has_seen(200, instant)),
            *("stream" for page in self.listeners if not page.live),
        ]


@asynccontextmanager
async def scene(site: Site, size: Size, journal: Journal | None = None) -> AsyncIterator[Scene]:
    """Have people book and look, and pages listen, until the block ends."""
    found = Scene(site, journal or Journal())
    experts = await site.experts(size.experts)
    stage = [(expert, list(slots)) for expert, slots in experts]
    async with AsyncExitStack() as opened:
        staying = _listeners(found, size, experts)
        try:
            await _bookers(found, size, stage, opened)
            await _lookers(found, size, stage, opened)
            found.going_on.append(asyncio.create_task(_watch(found)))
            yield found
        finally:
            for task in (*found.going_on, *staying):
                task.cancel()
            await asyncio.gather(*found.going_on, *staying, return_exceptions=True)
            for page in found.listeners:
                page.cut()


Stage = Sequence[tuple[Expert, list[Slot]]]


async def people(site: Site, opened: AsyncExitStack, count: int) -> list[Visitor]:
    """Open browsers, each at the next server, that have their cookies."""
    found = []
    for n in range(count):
        url = site.servers[n % len(site.servers)].url
        person = await opened.enter_async_context(visitor(url, timeout=_GIVES_UP_S))
        await person.arrive()
        found.append(person)
    return found


async def _bookers(found: Scene, size: Size, stage: Stage, opened: AsyncExitStack) -> None:
    wanted = [times.pop() for _, times in stage for _ in range(_RIVALRIES)]
    rivals = Rivals(await people(found.site, opened, 2), wanted, found.journal, found.claims)
    found.going_on.append(asyncio.create_task(rivals.go_on(found.done)))
    for n, person in enumerate(await people(found.site, opened, size.bookers)):
        _, times = stage[n % len(stage)]
        booker = Booker(person, times, found.journal, found.claims, stubborn=n % 4 < 2)
        found.bookers.append(booker)
        going_on = booker.go_on(found.done, size.book_every_s)
        found.going_on.append(asyncio.create_task(going_on))


async def _lookers(found: Scene, size: Size, stage: Stage, opened: AsyncExitStack) -> None:
    expert, times = stage[0]
    free = times.pop()
    addresses = {
        "ready": "/health/ready",
        "discovery": "/experts",
        "page": f"/experts/{expert.slug}",
        "form": f"/slots/{free.id}/book",
    }
    for what, path in addresses.items():
        for person in await people(found.site, opened, len(found.site.servers)):
            looker = Looker(person, what, path, found.journal)
            found.lookers.append(looker)
            going_on = looker.go_on(found.done, size.look_every_s)
            found.going_on.append(asyncio.create_task(going_on))


def _listeners(found: Scene, size: Size, experts: Stage) -> list[asyncio.Task[None]]:
    tasks, servers = [], found.site.servers
    for n in range(size.listeners):
        expert, slots = experts[n // 2 % len(experts)]
        page = Listener(f"/experts/{expert.slug}/live")
        found.pages.append((page, slots))
        tasks.append(asyncio.create_task(page.stay_at(servers[n % len(servers)].url)))
    return tasks


async def _watch(found: Scene) -> None:
    while not found.done.is_set():
        asked_at = time.monotonic()
        primary = await asyncio.to_thread(found.site.set.primary)
        found.primaries.append((asked_at, primary is not None))
        await asyncio.sleep(_WATCH_EVERY_S)
