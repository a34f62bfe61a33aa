"""Housekeeping: each expert's first free time kept up to date, and people forgotten in time."""

import asyncio
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from functools import partial

from prometheus_client import Gauge

from domain.account import personal_data
from domain.admin import administrators, booking_search, logbook, removal
from domain.desk import applications
from domain.discovery import catalogue
from domain.store.core.database import Database, Key
from web.jobs.steps import attempt

CLOCK = Gauge(
    "expertconnect_clock_offset_seconds",
    "By how much the database's clock is ahead of this host's.",
    multiprocess_mode="livemostrecent",
)

_UP = Gauge(
    "expertconnect_database_up",
    "Whether a primary takes writes; 0 if any worker finds none.",
    multiprocess_mode="livemin",
)

_PAUSE_S = 1.0
_ROUNDS = 600
"""How often it looks at what has changed before it does the rest once."""

_try = partial(attempt, failure="housekeeping_failed")


class Housekeeping:
    """Looks again, once a second, at the experts whose times have changed or passed.

    It deletes applications that nobody proved, finishes removals of experts, forgets the people of
    past bookings and what the log says of long ago where that is asked for, and has bookings found
    by their words.
    """

    def __init__(
        self,
        database: Database,
        clock: Callable[[], datetime],
        *,
        retention: timedelta | None = None,
        log_kept: timedelta | None = None,
        admins: Collection[str] = (),
    ) -> None:
        self._database = database
        self._clock = clock
        self._started_at = clock()
        self._retention = retention
        self._log_kept = log_kept
        self._admins = admins
        self._changed: set[Key] = set()

    def note_change(self, expert_id: Key) -> None:
        """Remember that a time of this expert has changed."""
        self._changed.add(expert_id)

    async def run(self) -> None:
        """Keep up, for ever; what fails is tried again a second later."""
        while True:
            await _try(self._note_wrong())
            await _try(self._forget_ended())
            await _try(self._forget_acts())
            await _try(applications.forget_unproven(self._database, now=self._clock()))
            await _try(removal.carry_on_all(self._database, now=self._clock()))
            await _try(booking_search.keep_up(self._database, now=self._clock()))
            for _ in range(_ROUNDS):
                await _try(self._once())
                await asyncio.sleep(_PAUSE_S)

    async def _note_wrong(self) -> None:
        """Look whom to look at: at a start nobody may have kept up, and news can get lost."""
        async for wrong in catalogue.wrong_next_free(
            self._database, started_at=self._started_at, now=self._clock()
        ):
            self._changed.update(wrong)

    async def _forget_ended(self) -> None:
        if self._retention is not None:
            await personal_data.erase_ended(self._database, self._retention, now=self._clock())

    async def _forget_acts(self) -> None:
        if self._log_kept is not None:
            await logbook.forget(self._database, self._log_kept, now=self._clock())
            await administrators.forget_former(self._database, named=self._admins)

    async def _once(self) -> None:
        CLOCK.set(self._database.clock.ahead.total_seconds())
        _UP.set(self._database.pulse.is_up)
        while self._changed:
            expert_id = self._changed.pop()
            try:
                await catalogue.refresh_next_free(self._database, expert_id, self._clock())
            except BaseException:
                self._changed.add(expert_id)
                raise
        await catalogue.refresh_passed(self._database, self._clock())
