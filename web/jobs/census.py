"""The census in the background: what only the database knows, for the metrics."""

import asyncio
from collections.abc import Callable
from datetime import datetime

from prometheus_client import Gauge

from domain.rules.notices import LANES
from domain.store import census
from domain.store.core.database import Database
from web.jobs.steps import attempt

# Every worker finds the same: the last one that looked is right.
_HOLDS = Gauge(
    "expertconnect_holds",
    "Times that somebody holds.",
    multiprocess_mode="livemostrecent",
)
_MAILS_DUE = Gauge(
    "expertconnect_mails_due",
    "Mails that are to go out, and that no sender has taken yet.",
    multiprocess_mode="livemostrecent",
)
_MAIL_AGE = Gauge(
    "expertconnect_mail_age_seconds",
    "How long the first mail that is due waits for a sender, by urgency; 0 if none waits.",
    ["lane"],
    multiprocess_mode="livemostrecent",
)
_PUBLISHING_LAG = Gauge(
    "expertconnect_publishing_lag_seconds",
    "How long the first expert who is due waits to be planned; 0 if nobody waits.",
    multiprocess_mode="livemostrecent",
)

_LANES = ("offers", "links", "changes", "reminders")
"""What the lanes of mail are called here, by urgency."""

_PAUSE_S = 15.0


class Census:
    """Counts once every few seconds. One a process."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    async def run(self) -> None:
        """Keep counting, for ever."""
        while True:
            await attempt(self.count(self._clock()), failure="census_failed")
            await asyncio.sleep(_PAUSE_S)

    async def count(self, now: datetime) -> None:
        """Count once, as of `now`."""
        _HOLDS.set(await census.live_holds(self._database, now))
        _MAILS_DUE.set(await census.mails_due(self._database, now))
        for lane, kinds in zip(_LANES, LANES, strict=True):
            oldest = await census.oldest_mail_due(self._database, kinds, now)
            _MAIL_AGE.labels(lane).set(_age(oldest, now))
        _PUBLISHING_LAG.set(_age(await census.oldest_plan_due(self._database, now), now))


def _age(since: datetime | None, now: datetime) -> float:
    return (now - since).total_seconds() if since else 0.0
