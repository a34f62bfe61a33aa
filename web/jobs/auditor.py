"""The audit in the background: once a day one process walks all the data."""

import asyncio
from collections.abc import Callable
from datetime import datetime

import structlog

from domain.admin import attention
from domain.store.core.database import Database
from web.jobs.steps import attempt

log = structlog.get_logger()

_PAUSE_S = 60.0


class Auditor:
    """Runs the audit when it is due, and says so in the log where it finds something."""

    def __init__(
        self,
        database: Database,
        connect: Callable[[], Database],
        clock: Callable[[], datetime],
    ) -> None:
        """Wait for the first turn.

        Args:
            database: Where it says when the audit is due.
            connect: Opens a connection that may take as long as it takes to read everything.
            clock: Returns the present instant.
        """
        self._database = database
        self._connect = connect
        self._clock = clock

    async def run(self) -> None:
        """Look once a minute, for ever; what fails is tried again when its time is up."""
        while True:
            await attempt(self._once(), failure="audit_failed")
            await asyncio.sleep(_PAUSE_S)

    async def _once(self) -> None:
        if not await attention.audit_is_due(self._database, now=self._clock()):
            return
        patient = self._connect()
        try:
            findings = await attention.run_audit(patient, now=self._clock())
        finally:
            await patient.close()
        if findings:
            log.error("audit_found", count=len(findings))
