"""The watcher: follows every change of one collection, and starts again after any failure.

It resumes by its own token, which never leaves it. After every interruption its follower is also
told since when it may have missed something, so that nothing depends on a token that died.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar

from odmantic import Model
from pymongo.asynchronous.change_stream import AsyncChangeStream

from domain.store.core.background import in_background
from domain.store.core.database import Database, Document
from domain.store.core.deadlines import (
    CHANGES_MS,
    OPENING_S,
    REOPEN_FIRST_S,
    REOPEN_LONGEST_S,
    WATCHING_S,
)
from domain.store.core.outages import DatabaseError, is_outage

logger = logging.getLogger(__name__)

RawChange = Mapping[str, Any]
"""One entry of a change stream; a changed document is as looked up, often newer than the change."""

_MOMENT = 0.1
_WATCHED = [{"$match": {"operationType": {"$in": ["insert", "update", "replace", "delete"]}}}]

Change = TypeVar("Change")
Change_contra = TypeVar("Change_contra", contravariant=True)


class Follower(Protocol[Change_contra]):
    """What the watcher reports to. `down` returns at once."""

    async def up(self, since: datetime) -> None:
        """Hear that the watcher follows again, and may have missed changes made since."""

    async def changed(self, change: Change_contra) -> None:
        """Hear of one change; the next one waits until this is done."""

    def down(self) -> None:
        """Hear that no changes arrive until the next `up`; may be told twice."""


class Together(Generic[Change]):
    """Several followers of one watcher, each told before the next."""

    def __init__(self, *followers: Follower[Change]) -> None:
        self._followers = followers

    async def up(self, since: datetime) -> None:
        """Tell all of them that the watcher follows again."""
        for follower in self._followers:
            await follower.up(since)

    async def changed(self, change: Change) -> None:
        """Tell all of them of one change."""
        for follower in self._followers:
            await follower.changed(change)

    def down(self) -> None:
        """Tell all of them that no changes arrive."""
        for follower in self._followers:
            follower.down()


class Watcher(Generic[Change]):
    """Follows one collection until its `run` is cancelled."""

    def __init__(
        self,
        database: Database,
        model: type[Model],
        read: Callable[[RawChange], Change | None],
        follower: Follower[Change],
        *,
        clock: Callable[[], datetime],
    ) -> None:
        """Prepare to follow; nothing happens before `run`.

        Args:
            database: Where the collection is.
            model: What the collection keeps.
            read: Makes of an entry what the follower gets; None for nothing.
            follower: Is told.
            clock: Returns the present instant.
        """
        self._database = database
        self._collection = model.__collection__
        self._read = read
        self._follower = follower
        self._clock = clock
        self._token: Mapping[str, Any] | None = None
        self._seen_at = clock()
        self._delay = REOPEN_FIRST_S
        self._waiting: asyncio.Timeout | None = None
        self._was_silent = False

    @property
    def seen_at(self) -> datetime:
        """Return when the watcher last asked and there was no change that it had not passed on."""
        return self._seen_at

    async def run(self) -> None:
        """Follow, and after any failure follow again, with a growing pause between."""
        while True:
            await self._database.pulse.up()
            try:
                with self._database.pulse.heard_by(self._look):
                    await self._follow()
            except Exception as error:  # whatever it was, the feed goes on
                name = type(error).__name__  # what a driver says may hold a document
                logger.warning("Watching %s stopped and starts again: %s", self._collection, name)
                if not _may_resume(error):
                    self._token = None
            self._follower.down()
            await asyncio.sleep(self._delay)
            self._delay = min(self._delay * 2, REOPEN_LONGEST_S)

    async def _follow(self) -> None:
        async with asyncio.timeout(OPENING_S):
            opened = await self._open()
        self._was_silent = False
        try:
            await self._follower.up(self._seen_at)
            if self._was_silent:  # who was told so while coming up doesn't know whether it is
                raise TimeoutError
            while opened.alive:
                await self._next(opened)
                self._delay = REOPEN_FIRST_S
        finally:
            self._follower.down()
            in_background(opened.close())  # a server that is silent keeps nobody waiting
        logger.warning("The collection %s is gone; watching it starts anew", self._collection)
        self._token = None

    async def _open(self) -> AsyncChangeStream[Document]:
        collection = self._database.watching[self._database.name][self._collection]
        return await collection.watch(
            _WATCHED,
            full_document="updateLookup",
            resume_after=self._token,
            max_await_time_ms=CHANGES_MS,
        )

    def _look(self) -> None:
        """Leave a server that takes no writes: it may go on answering, and know nothing new."""
        if self._database.pulse.is_up:
            return
        self._was_silent = True
        self._follower.down()
        if self._waiting is not None and not self._waiting.expired():
            self._waiting.reschedule(asyncio.get_running_loop().time())

    async def _next(self, stream: AsyncChangeStream[Document]) -> None:
        if not self._database.pulse.is_up:
            raise TimeoutError
        asked_at = self._clock()
        # Once timed out, the driver may still take long to let go of a connection without a sound.
        late = asyncio.get_running_loop().call_later(WATCHING_S + _MOMENT, self._follower.down)
        try:
            async with asyncio.timeout(WATCHING_S) as self._waiting:
                raw = await stream.try_next()
        finally:
            self._waiting = None
            late.cancel()
        self._token = stream.resume_token
        if raw is None:
            self._seen_at = asked_at
            return
        change = self._read(raw)
        if change is not None:
            await self._follower.changed(change)
        await asyncio.sleep(0)  # a burst leaves listeners time to take what they got


def _may_resume(error: Exception) -> bool:
    """Say whether what ended the stream leaves its token as good as it was."""
    return isinstance(error, TimeoutError) or (
        isinstance(error, DatabaseError) and is_outage(error)
    )
