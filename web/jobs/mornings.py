"""Morning mails in the background: each expert who asks for one gets it at seven."""

import asyncio
from collections.abc import Callable
from datetime import datetime

from domain.desk import mornings
from domain.store.core.database import Database
from web.jobs.steps import attempt

_PAUSE_S = 5.0


class MorningMails:
    """Puts the mails of those whose morning has come into the outbox. Every process has one."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    async def run(self) -> None:
        """Run for ever; what fails is tried again a few seconds later."""
        while True:
            due = mornings.tell_due(self._database, now=self._clock())
            await attempt(due, failure="morning_mails_failed")
            await asyncio.sleep(_PAUSE_S)
