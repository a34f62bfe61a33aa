"""Kept pages: what all see alike is rendered once, until a change or the clock says no.

What a page was made of are its sources, objects that give way to others when they change: an
expert, the edition of their times, the site. As long as they are the same ones, so is the page.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Coroutine, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from litestar.status_codes import HTTP_200_OK
from prometheus_client import Counter

from domain.store.core.background import end, in_background
from web.http.bodies import Body

MOST_BYTES = 32 * 1024 * 1024
"""How much a process keeps: some hundreds of pages."""
_MINUTE = timedelta(minutes=1)

_ASKED_FOR = Counter(
    "expertconnect_alike_pages",
    "Pages for visitors who have nothing of their own on them, by whether they were kept.",
    ["outcome"],
)


@dataclass(frozen=True)
class Page:
    """A page, and until when it is true if none of its sources changes."""

    body: Body
    true_until: datetime
    headers: Mapping[str, str] = field(default_factory=dict)
    """What its answer says beside it."""
    status: int = HTTP_200_OK


Render = Callable[[], Coroutine[Any, Any, Page]]


@dataclass
class _KeptPage:
    sources: Sequence[object]
    rendering: asyncio.Task[Page]
    page: Page | None = None
    """None until it is rendered."""

    def serves(self, sources: Sequence[object], now: datetime) -> bool:
        """Say whether it is made of these, and true at `now` as far as is known yet."""
        is_same = all(old is new for old, new in zip(self.sources, sources, strict=True))
        return is_same and (self.page is None or now < self.page.true_until)

    @property
    def size(self) -> int:
        """How many bytes are kept of it."""
        return self.page.body.size if self.page else 0


def next_minute(now: datetime) -> datetime:
    """Return the end of the minute: times open, close and pass by whole ones."""
    return now.replace(second=0, microsecond=0) + _MINUTE


class KeptPages:
    """The pages that one process has rendered lately."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._size = 0
        self._kept: OrderedDict[Hashable, _KeptPage] = OrderedDict()

    async def page(
        self,
        key: Hashable,
        sources: Sequence[object],
        render: Render,
        *,
        now: datetime,
    ) -> Page:
        """Return a page, rendered anew unless nothing can have changed.

        Those who ask for the same while it is rendered wait for it together.

        Args:
            key: Which page, in all that makes it look different.
            sources: What it is made of, known before anything is read.
            render: Makes it.
            now: The present instant.
        """
        entry = self._kept.get(key)
        is_there = entry is not None and entry.serves(sources, now)
        _ASKED_FOR.labels("kept" if is_there else "rendered").inc()
        if entry is None or not is_there:
            return await self._rendered(key, sources, render)
        self._kept.move_to_end(key)
        page = await asyncio.shield(entry.rendering)
        if now < page.true_until:
            return page
        return await self._rendered(key, sources, render)  # the minute has ended meanwhile

    async def stop(self) -> None:
        """End what is rendered."""
        await end(*(entry.rendering for entry in self._kept.values()))

    async def _rendered(self, key: Hashable, sources: Sequence[object], render: Render) -> Page:
        self._forget(key)
        entry = self._kept[key] = _KeptPage(sources, in_background(render()))
        entry.rendering.add_done_callback(lambda rendering: self._note(key, entry, rendering))
        return await asyncio.shield(entry.rendering)  # one who leaves stops nobody else's

    def _note(self, key: Hashable, entry: _KeptPage, rendering: asyncio.Task[Page]) -> None:
        failed = rendering.cancelled() or rendering.exception() is not None
        if self._kept.get(key) is not entry:
            return
        if failed:
            self._forget(key)
            return
        entry.page = rendering.result()
        self._size += entry.size
        while self._size > self._most_bytes:
            self._forget(next(iter(self._kept)))

    def _forget(self, key: Hashable) -> None:
        entry = self._kept.pop(key, None)
        self._size -= entry.size if entry else 0
