"""The ledger: what a sender has learned of its mails, until the database knows it."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import structlog
from prometheus_client import Counter

from domain.store.core.database import Database, DatabaseError
from domain.store.documents.mails import Mail, MailState
from domain.store.mail import sending

log = structlog.get_logger()

MAILS = Counter("expertconnect_mails", "Mails, by what became of them.", ["outcome"])
_PUT_OFF = "put_off"
for _outcome in (*MailState, _PUT_OFF):
    MAILS.labels(str(_outcome))  # 0 is told from the first look on

_PAUSE_S = 0.1


@dataclass(frozen=True)
class _Entry:
    mail: str
    outcome: str
    write: Callable[[Database], Awaitable[None]]
    """Tells the database. Done twice it does no harm: nobody knows of one that failed."""

    def lost(self) -> dict[str, str]:
        """Return what the log says if this can't be written."""
        return {"event": "mail_outcome_lost", "mail": self.mail, "outcome": self.outcome}


class Ledger:
    """Outcomes, written to the database in their order, each until the database has it.

    It has no limit of its own: a sender takes no other mail while anything is left here, so there
    is never more than the mails in hand.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._entries: deque[_Entry] = deque()
        self._turn = asyncio.Lock()

    def settle(self, mail: Mail, state: MailState, *, now: datetime) -> None:
        """Note what became of a mail for good."""
        self._add(mail, state.value, partial(sending.settle, mail=mail, state=state, now=now))

    def keep(self, mail: Mail, *, now: datetime) -> None:
        """Note that a mail with its letter is kept, for there is no server to send it by."""
        self._add(mail, MailState.KEPT.value, partial(sending.keep, mail=mail, now=now))

    def put_off(self, mail: Mail, *, until: datetime, was_refused: bool) -> None:
        """Note that a mail was not sent, and is to be tried again."""
        write = partial(sending.put_off, mail=mail, until=until, was_refused=was_refused)
        self._add(mail, _PUT_OFF, write)

    def _add(self, mail: Mail, outcome: str, write: Callable[[Database], Awaitable[None]]) -> None:
        MAILS.labels(outcome).inc()
        self._entries.append(_Entry(str(mail.id), outcome, write))

    async def write_down(self) -> None:
        """Write what is left.

        Raises:
            DatabaseError: The database did not take it, or did not say so; it is kept.
        """
        async with self._turn:
            while self._entries:
                entry = self._entries[0]
                try:
                    await entry.write(self._database)
                except DatabaseError:
                    raise
                except Exception as error:  # a fault of ours, which no patience mends
                    log.error(**entry.lost(), exc_info=error)  # noqa: TRY400 - as everywhere
                self._entries.popleft()

    async def close(self, *, within: float) -> None:
        """Write what is left, for so many seconds; what remains stands in the log."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._insist(), within)
        for entry in self._entries:
            log.error(**entry.lost(), reason="database_away")

    async def _insist(self) -> None:
        while self._entries:
            try:
                await self.write_down()
            except DatabaseError:
                await asyncio.sleep(_PAUSE_S)
