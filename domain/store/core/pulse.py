"""The pulse: whether there is a primary that takes writes, asked for the whole process.

It is asked several times a second on PyMongo's own client, so that nobody else has to wait for a
database in order to learn that it is silent. The answers also tell what the database's clock says.
"""

import asyncio
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pymongo
from pymongo import AsyncMongoClient
from pymongo.errors import PyMongoError

from domain.rules.instants import NEVER
from domain.store.core.clocks import AWARE, DatabaseClock
from domain.store.core.deadlines import PULSE_ANSWER_S, PULSE_EVERY_S, SILENT_S

logger = logging.getLogger(__name__)

Hearer = Callable[[], None]

_STALL_S = 0.3
"""How late this process itself must be to know nothing of the database's silence."""
_COMPARES: list[dict[str, Any]] = [
    {"$documents": [{}]},
    {"$match": {"$expr": {"$lt": ["$$NOW", NEVER]}}},
]


class Pulse:
    """Knows how the database is, as of a moment ago; before it `run`s, that all is well."""

    def __init__(
        self, client: AsyncMongoClient[dict[str, Any]], name: str, clock: DatabaseClock
    ) -> None:
        self._database = client[name]
        self._clock = clock
        self._heard_at = 0.0
        self._hearers: set[Hearer] = set()
        self._up = asyncio.Event()
        self._up.set()

    @property
    def is_up(self) -> bool:
        """Say whether the database answers."""
        return self._up.is_set()

    async def up(self) -> None:
        """Wait until the database answers."""
        await self._up.wait()

    @contextmanager
    def heard_by(self, hearer: Hearer) -> Iterator[None]:
        """Call somebody whenever the database falls silent or answers again."""
        self._hearers.add(hearer)
        try:
            yield
        finally:
            self._hearers.discard(hearer)

    async def beats(self, *, within: float = PULSE_ANSWER_S) -> bool:
        """Ask once; False where no primary that takes writes has answered in time."""
        asked_at = self._clock.now()
        try:
            async with asyncio.timeout(within + _STALL_S):
                with pymongo.timeout(within):
                    hello = await self._database.command("hello", codec_options=AWARE)
        except (PyMongoError, TimeoutError):
            return False
        self._clock.note(hello["localTime"], asked_at=asked_at, told_at=self._clock.now())
        return bool(hello.get("isWritablePrimary"))

    async def run(self) -> None:
        """Keep asking, until cancelled."""
        loop = asyncio.get_running_loop()
        self._heard_at = loop.time()
        knows = False
        while True:
            if await self._ask():
                self._heard_at = loop.time()
                self._turn(is_up=True)
                knows = knows or await self._learn()
            elif loop.time() >= self._heard_at + SILENT_S:
                self._turn(is_up=False)
            with self._stalls(PULSE_EVERY_S):
                await asyncio.sleep(PULSE_EVERY_S)

    async def _ask(self) -> bool:
        within = PULSE_ANSWER_S
        if self.is_up:
            left = self._heard_at + SILENT_S - asyncio.get_running_loop().time()
            within = min(within, max(left, _STALL_S))
        with self._stalls(within):
            return await self.beats(within=within)

    @contextmanager
    def _stalls(self, expected: float) -> Iterator[None]:
        """Take off what this process itself was late by: the database may have answered."""
        loop = asyncio.get_running_loop()
        begun = loop.time()
        yield
        late = loop.time() - begun - expected
        if late > _STALL_S:
            self._heard_at += late

    def _turn(self, *, is_up: bool) -> None:
        if self.is_up is is_up:
            return
        (self._up.set if is_up else self._up.clear)()
        logger.warning("The database answers again" if is_up else "The database is silent")
        for hearer in list(self._hearers):
            hearer()

    async def _learn(self) -> bool:
        """Find out whether the database can compare by its clock; False if nobody answers."""
        try:
            with pymongo.timeout(PULSE_ANSWER_S):
                found = await (await self._database.aggregate(_COMPARES)).to_list()
        except PyMongoError as error:
            logger.warning("The database's clock can't be compared: %s", type(error).__name__)
            return not error.timeout
        self._clock.compares = bool(found)
        return True
