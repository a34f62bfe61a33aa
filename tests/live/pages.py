"""Open pages, as far as the server can tell: they show the newest state of each time they hear of,
and come back to where they were cut off."""

import asyncio
import re
from collections.abc import Sequence
from contextlib import suppress

from domain.store.core.database import Database
from domain.store.documents import Slot
from tests.live.crowd import RawEar, listen_raw
from tests.live.support import Heard, milliseconds_ago
from tests.waiting import PATIENCE_S

_STATES = re.compile(
    r'id="slot-(\w+)"\s+data-rev="(\d+)"\s+data-closes-at="[^"]*"\s+data-status="(\w+)"'
)
State = tuple[int, str]
"""The `rev` that a slot is shown in, and as what: free, held, booked or over."""


class Page:
    """One page. Call `go_to` to connect it, at first and again."""

    def __init__(self, path: str, *, after: str | None = None) -> None:
        """Render the page.

        Args:
            path: The stream's path, the position of the page not in it.
            after: That position; by default the page was rendered just now.
        """
        self.path = path
        self.after = after or str(milliseconds_ago(0))
        self.last_id: str | None = None
        self.shown: dict[str, State] = {}
        self.live = True
        self.times_connected = 0
        self.ear: RawEar | None = None

    async def go_to(self, url: str) -> None:
        """Connect to a server; waits where nobody listens, as browsers do."""
        address = f"{url}{self.path}?after={self.after}"
        async with asyncio.timeout(60):
            while True:
                with suppress(OSError):
                    self.ear = await listen_raw(address, last=self.last_id, tell=self._take)
                    self.times_connected += 1
                    return
                await asyncio.sleep(0.1)

    def cut(self) -> None:
        """Lose the connection."""
        if self.ear is not None:
            self.ear.leave()

    async def stay_at(self, url: str) -> None:
        """Stay connected until cancelled, whatever ends the connection."""
        while True:
            await self.go_to(url)
            assert self.ear is not None
            await self.ear.gone.wait()

    def _take(self, message: Heard) -> None:
        self.last_id = message.id or self.last_id
        if message.event in ("liveUp", "liveDown"):
            self.live = message.event == "liveUp"
        for slot_id, rev, status in _STATES.findall(message.data):
            if int(rev) >= self.shown.get(slot_id, (0, ""))[0]:
                self.shown[slot_id] = (int(rev), status)


async def states(database: Database, slots: Sequence[Slot]) -> dict[str, State]:
    """Return what pages have to show of these slots, by key."""
    words = {"open": "free", "held": "held", "booked": "booked", "withdrawn": "over"}
    found = database.engine.find(Slot, {"_id": {"$in": [slot.id for slot in slots]}})
    return {str(slot.id): (slot.rev, words[slot.state]) async for slot in found}


async def shows_all(page: Page, wanted: dict[str, State], *, within: float = PATIENCE_S) -> bool:
    """Wait until a page shows these states; False when it doesn't."""
    with suppress(TimeoutError):
        async with asyncio.timeout(within):
            while not wanted.items() <= page.shown.items():  # noqa: ASYNC110 - it hears by itself
                await asyncio.sleep(0.02)
            return True
    return False
