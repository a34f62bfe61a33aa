"""The directory: every listed expert, in memory, which a watcher keeps up with the database.

While the watcher is down the memory stays as it was: experts seldom change, and the database that
could say more is most likely the one that does not answer. Whoever shows it says that it is old.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime

from domain.store.core.background import in_background
from domain.store.core.database import Database, Key
from domain.store.documents import Expert
from domain.store.experts import reading as experts
from domain.store.experts.reading import Filters, Sort
from domain.store.memory.listed import Listed
from domain.store.memory.watcher import RawChange, Watcher

_OF_PLANNING = frozenset({"plan_rev", "planned_at", "plan_due_at", "tally"})


class Directory:
    """Answers for the listed experts. Those returned are shared by all who ask: never change one.

    It asks `domain.store.experts.reading` whatever it can't tell from memory.
    """

    def __init__(self, database: Database, *, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._watcher = Watcher(database, Expert, lambda raw: raw, self, clock=clock)
        self._listed: Listed | None = None
        self._follows = False
        self._reading: asyncio.Task[Listed] | None = None
        self._edition = object()

    @property
    def edition(self) -> object | None:
        """Return an object that gives way to another when any listed expert changes.

        None while nobody knows whether any did.
        """
        return self._edition if self._follows else None

    @property
    def is_up(self) -> bool:
        """Say whether it answers from memory that follows every change."""
        return self._follows

    @property
    def is_old(self) -> bool:
        """Say whether it answers from memory that no longer hears of changes."""
        return self._listed is not None and not self._follows

    async def run(self) -> None:
        """Keep up with the database until cancelled."""
        await self._watcher.run()

    async def up(self, since: datetime) -> None:  # noqa: ARG002 - all is read, whatever was missed
        """Read everybody. What has changed since the watcher opened follows."""
        self._listed = await self._read()
        self._edition = object()
        self._follows = True

    def down(self) -> None:
        """Go on from memory, however old it becomes."""
        self._follows = False

    async def changed(self, raw: RawChange) -> None:
        """Take one change over: the expert as looked up, or gone."""
        listed, expert_id = self._listed, raw["documentKey"]["_id"]
        if _is_of_planning(raw):
            return
        if listed is None or (raw["operationType"] == "insert" and listed.by_key(expert_id)):
            return  # an insert shows an expert as new; a known one was read since
        self._edition = object()
        listed.remove(expert_id)
        document = raw.get("fullDocument")
        if document and document["listed"]:
            listed.add(Expert.model_validate_doc(document))

    async def count(self, filters: Filters) -> int:
        """Count the listed experts that match."""
        if self._listed is None:
            return await experts.count(self._database, filters)
        return len(self._listed.matching(filters, Sort.NAME))

    async def listing(
        self, filters: Filters, sort: Sort, *, skip: int, limit: int | None
    ) -> list[Expert]:
        """Return a page of the listed experts that match; ties go by name, then by slug."""
        if self._listed is None and limit is not None:
            return await experts.listing(self._database, filters, sort, skip=skip, limit=limit)
        listed = self._listed or await self._read_together()
        found = listed.matching(filters, sort)[skip:]
        return [entry.expert for entry in found[:limit]]

    async def _read_together(self) -> Listed:
        """Return everybody before the memory is there: all who ask meanwhile share one read.

        Thousands of experts take a second of this process. Of each request by itself, that would be
        a minute in which it does nothing else.
        """
        if self._reading is None or self._reading.done():
            self._reading = in_background(self._read())
        return await asyncio.shield(self._reading)

    async def _read(self) -> Listed:
        return Listed(await experts.listed(self._database))

    async def languages(self) -> list[str]:
        """Return the languages that listed experts speak, as ISO 639-1 codes in order."""
        if self._listed is None:
            return await experts.languages(self._database)
        return self._listed.languages()

    async def find(self, expert_id: Key) -> Expert | None:
        """Return one expert by key; one who is not listed is read."""
        known = self._listed.by_key(expert_id) if self._listed else None
        return known or await experts.find(self._database, expert_id)

    async def find_by_slug(self, slug: str) -> Expert | None:
        """Return an expert by the name in its address, listed or not, or None."""
        known = self._listed.by_slug(slug) if self._listed else None
        # An expert added a moment ago is in the database first.
        return known or await experts.find_by_slug(self._database, slug)


def _is_of_planning(raw: RawChange) -> bool:
    """Say whether a change is of what only publishers look at: each expert's, every hour."""
    update = raw.get("updateDescription")
    return update is not None and update["updatedFields"].keys() <= _OF_PLANNING
