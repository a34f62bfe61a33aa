"""Publishing in the background: every expert's horizon moves on with the clock."""

import asyncio
import time
from collections.abc import Callable
from datetime import datetime
from functools import partial

from domain.desk import publishing
from domain.store.core.database import Database
from web.jobs.steps import attempt

_PAUSE_S = 2.0
_LOOKS = 5
"""How often it looks for what has come free before it looks for who is due."""
_REST = 4
"""After planning an expert it rests this many times as long, so that nobody notices."""
_ROUNDS = 360
"""How often it looks for work before it deletes what has passed."""

_try = partial(attempt, failure="publishing_failed")


class Publisher:
    """Plans the experts who are due, and those whose retiring slots have come free.

    Every process has one. They share the work: an expert who is due is claimed by one of them.
    """

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    async def run(self) -> None:
        """Publish, for ever; what fails is tried again with the next round, or the next hour."""
        while True:
            await _try(publishing.forget_passed(self._database, now=self._clock()))
            for _ in range(_ROUNDS):
                await _try(self._publish_due())
                for _ in range(_LOOKS):
                    await _try(publishing.publish_unsettled(self._database, now=self._clock()))
                    await asyncio.sleep(_PAUSE_S)

    async def _publish_due(self) -> None:
        begun = time.monotonic()
        while await publishing.publish_next(self._database, now=self._clock()):
            await asyncio.sleep(_REST * (time.monotonic() - begun))
            begun = time.monotonic()
