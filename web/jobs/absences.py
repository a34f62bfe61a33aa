"""Absences in the background: what a killed process left, offers that end, answers that fail."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Protocol

import structlog

from domain import replacements
from domain.absences import following
from domain.store.core.database import Database

log = structlog.get_logger()

_PAUSE_S = 3.0
_ROUNDS = 1_200
"""How often it looks for work before it deletes what has passed."""


class _Step(Protocol):
    def __call__(self, database: Database, *, now: datetime) -> Awaitable[None]: ...


class AbsenceKeeper:
    """Sees each absence, and each question that it asks, through to the end.

    Every process has one. They may be at the same thing at once: each step is done by one of them.
    """

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    async def run(self) -> None:
        """Go on, for ever; what fails is tried again a few seconds later."""
        while True:
            await self._try(replacements.forget_passed)
            for _ in range(_ROUNDS):
                await self._try(following.carry_on_all)
                await self._try(replacements.end_lapsed)
                await self._try(replacements.cancel_unanswered)
                await asyncio.sleep(_PAUSE_S)

    async def _try(self, step: _Step) -> None:
        try:
            await step(self._database, now=self._clock())
        except Exception as error:
            log.warning("absences_failed", error=type(error).__name__)
