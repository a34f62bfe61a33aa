"""The watcher: follows every change of a slot, and starts again after any failure.

It resumes by its own token, which never leaves it. After every interruption its follower is also
told since when it may have missed something, so that nothing depends on a token that died.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from pymongo.asynchronous.change_stream import AsyncChangeStream
from pymongo.errors import ConnectionFailure

from domain.events import OF_STATE, SlotEvent, of_changed_fields
from domain.slots import SlotState
from domain.store.database import Database, Document, Key
from domain.store.documents import Slot

logger = logging.getLogger(__name__)

_ANSWER_MS = 1_000
"""How long the server may wait for a change before it answers that there was none."""
_SILENCE = 3.0
"""Seconds without an answer after which the watcher counts as down."""
_OPENING = 10.0
_FIRST_DELAY, _LONGEST_DELAY = 0.1, 5.0
_WATCHED = [{"$match": {"operationType": {"$in": ["insert", "update", "replace"]}}}]


@dataclass(frozen=True)
class SlotChange:
    """One committed change. The document is as looked up, often newer than the change itself."""

    event: SlotEvent | None
    """None where nothing happened that a viewer could see: a hold was extended."""
    at: datetime
    """The `changed_at` that this change wrote."""
    document: Document

    @property
    def expert_id(self) -> Key:
        """Return whose slot it is, without reading the whole document."""
        key: Key = self.document["expert_id"]
        return key

    @property
    def held_until(self) -> datetime | None:
        """Return when the hold on the slot ends, or None when nobody holds it."""
        until: datetime = self.document["held_until"]
        return until if self.document["state"] == SlotState.HELD.value else None

    def slot(self) -> Slot:
        """Read the document. Left to whoever needs it: seeding changes thousands unwatched."""
        return Slot.model_validate_doc(self.document)


class Follower(Protocol):
    """Whoever is told what the watcher sees. `changed` and `down` return at once."""

    async def up(self, since: datetime) -> None:
        """Hear that the watcher follows again, and may have missed changes made since."""

    def changed(self, change: SlotChange) -> None:
        """Hear of one change."""

    def down(self) -> None:
        """Hear that no changes arrive until the next `up`; may be told twice."""


def read_change(raw: Mapping[str, Any]) -> SlotChange | None:
    """Read one entry of the change stream; None where the document is already gone."""
    document = raw.get("fullDocument")
    if document is None:
        return None
    if raw["operationType"] == "update":
        changed = raw["updateDescription"]["updatedFields"]
        at = changed.get("changed_at", document["changed_at"])
        return SlotChange(of_changed_fields(changed), at, document)
    if raw["operationType"] == "insert":
        return SlotChange(SlotEvent.PUBLISHED, document["changed_at"], document)
    return SlotChange(OF_STATE[SlotState(document["state"])], document["changed_at"], document)


class Watcher:
    """Follows the slots of one database until its `run` is cancelled."""

    def __init__(
        self, database: Database, follower: Follower, *, clock: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._follower = follower
        self._clock = clock
        self._token: Mapping[str, Any] | None = None
        self._seen_at = clock()
        self._delay = _FIRST_DELAY

    async def run(self) -> None:
        """Follow, and after any failure follow again, with a growing pause between."""
        while True:
            try:
                await self._follow()
            except Exception as error:  # whatever it was, the feed goes on
                logger.warning("The watcher stopped and starts again: %r", error)
                if not isinstance(error, ConnectionFailure | TimeoutError):
                    self._token = None
            self._follower.down()
            await asyncio.sleep(self._delay)
            self._delay = min(self._delay * 2, _LONGEST_DELAY)

    async def _follow(self) -> None:
        async with asyncio.timeout(_OPENING):
            opened = await self._open()
        async with opened as stream:
            try:
                await self._follower.up(self._seen_at)
                while stream.alive:
                    await self._next(stream)
                    self._delay = _FIRST_DELAY
            finally:
                self._follower.down()
        logger.warning("The watched collection is gone; the watcher starts anew")
        self._token = None

    async def _open(self) -> AsyncChangeStream[Document]:
        collection = self._database.watching[self._database.name][Slot.__collection__]
        return await collection.watch(
            _WATCHED,
            full_document="updateLookup",
            resume_after=self._token,
            max_await_time_ms=_ANSWER_MS,
        )

    async def _next(self, stream: AsyncChangeStream[Document]) -> None:
        asked_at = self._clock()
        async with asyncio.timeout(_SILENCE):
            raw = await stream.try_next()
        self._token = stream.resume_token
        if raw is None:
            self._seen_at = asked_at
            return
        change = read_change(raw)
        if change is not None:
            self._follower.changed(change)
        await asyncio.sleep(0)  # a burst leaves listeners time to take what they got
