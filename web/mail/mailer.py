"""The mailer: puts mail into the outbox, and has it sent as it becomes due."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

import structlog

from domain.notices import Kind
from domain.store import outbox
from domain.store.database import Database, Key
from domain.store.documents import SignInLink
from domain.store.mail import Mail, MailState
from web.mail.letters import Letters
from web.mail.sender import Sender

log = structlog.get_logger()

_IDLE_S = 1.0
_FINISH_S = 3.0


class Mailer:
    """Runs a sender for as long as the server does."""

    def __init__(
        self,
        database: Database,
        letters: Letters,
        sender: Sender,
        clock: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._letters = letters
        self._sender = sender
        self._clock = clock
        self._wake = asyncio.Event()
        self._stopping = False
        self._task: asyncio.Task[None] | None = None

    async def send_sign_in_link(self, link: SignInLink, language: str) -> None:
        """Put the mail with a sign-in link into the outbox."""
        now = self._clock()
        mail = Mail(
            id=Key(),
            key=f"sign-in:{link.key}",
            kind=Kind.SIGN_IN,
            state=MailState.WAITING if self._sender.sends else MailState.KEPT,
            settled_at=None if self._sender.sends else now,
            created_at=now,
            due_at=now,
            kept_until=outbox.kept_until(now),
        )
        letter = self._letters.sign_in(link, language)
        await outbox.put(self._database, mail.model_copy(update=letter.kept()))
        self.wake()

    def wake(self) -> None:
        """Look into the outbox now; it is looked into every second all the same."""
        self._wake.set()

    def start(self) -> None:
        """Begin to send mail as it becomes due."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Finish with the mail in hand, for a moment, and end."""
        if self._task is None:
            return
        self._stopping = True
        self._wake.set()
        done, _ = await asyncio.wait({self._task}, timeout=_FINISH_S)
        if not done:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _run(self) -> None:
        while not self._stopping:
            self._wake.clear()
            try:
                found = await self._sender.send_next()
            except Exception as error:
                log.warning("outbox_failed", exc_info=error)
                found = False
            if not found:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._wake.wait(), _IDLE_S)
