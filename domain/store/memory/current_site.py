"""The site in memory: every page shows something of it, and none reads it from the database."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

from domain.store.core.database import Database
from domain.store.documents.site import Site, untouched_site
from domain.store.memory.watcher import RawChange, Watcher
from domain.store.site import reading as store

_STARTING = 5.0
"""Seconds to wait for it at start; later it comes when the database does."""


class CurrentSite:
    """The site as it is now, which a watcher keeps up with the database.

    While the watcher is down it stays as it was. Until it was read for the first time, it is as one
    that nobody has changed.
    """

    def __init__(self, database: Database, *, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._watcher = Watcher(database, Site, lambda raw: raw, self, clock=clock)
        self._known = asyncio.Event()
        self._follows = False
        self._site = untouched_site()

    def now(self) -> Site:
        """Return the site. All who ask share it: never change it."""
        return self._site

    async def newest(self) -> Site:
        """Return the site to decide by: read where the memory may be old."""
        if self._follows:
            return self._site
        return await store.find(self._database) or untouched_site()

    async def look(self) -> None:
        """Read it at once: whoever has just changed it sees that on their next page."""
        self._site = await store.find(self._database) or untouched_site()

    async def run(self) -> None:
        """Keep up with the database until cancelled."""
        await self._watcher.run()

    async def known(self) -> None:
        """Return when the site was read, or after a few seconds without."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._known.wait(), _STARTING)

    async def up(self, since: datetime) -> None:  # noqa: ARG002 - it is read, whatever was missed
        """Read it. What has changed since the watcher opened follows."""
        await self.look()
        self._follows = True
        self._known.set()

    def down(self) -> None:
        """Go on from memory."""
        self._follows = False

    async def changed(self, raw: RawChange) -> None:
        """Take one change over; what was read since may be newer."""
        document = raw.get("fullDocument")
        site = Site.model_validate_doc(document) if document else untouched_site()
        if document is None or site.rev >= self._site.rev:
            self._site = site
