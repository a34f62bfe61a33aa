"""Absences in the background: unfinished ones, offers that end, sessions without an answer."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from functools import partial

from domain.booking import replacements
from domain.desk.absences import following
from domain.store.core.database import Database
from web.jobs.steps import attempt

_PAUSE_S = 3.0
_ROUNDS = 1_200
"""How often it looks for work before it deletes what has passed."""

_try = partial(attempt, failure="absences_failed")


class AbsenceKeeper:
    """Finishes absences, ends offers, and cancels sessions that nobody answered for.

    Every process runs one. Where two are at the same step, only one of them succeeds.
    """

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    async def run(self) -> None:
        """Run for ever; what fails is tried again a few seconds later."""
        while True:
            await _try(replacements.forget_passed(self._database, now=self._clock()))
            for _ in range(_ROUNDS):
                await _try(following.carry_on_all(self._database, now=self._clock()))
                await _try(replacements.end_lapsed(self._database, now=self._clock()))
                await _try(replacements.cancel_unanswered(self._database, now=self._clock()))
                await asyncio.sleep(_PAUSE_S)
