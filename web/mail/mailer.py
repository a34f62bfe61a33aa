"""The mailer: puts mail into the outbox, and has it sent as it becomes due."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime
from typing import TypeVar

import structlog

from domain.rules.notices import Kind
from domain.store.core.background import end
from domain.store.core.database import Database, Key
from domain.store.documents import Expert, LinkPurpose, SignInLink
from domain.store.documents.mails import Mail
from domain.store.mail import outbox
from web.mail.letters import Letters
from web.mail.sender import Sender
from web.mail.server_watch import ServerWatch
from web.mail.stationery import Letter

log = structlog.get_logger()

T = TypeVar("T")

_IDLE_S = 1.0
_FINISH_S = 3.0
_WRITE_DOWN_S = 1.0
_BESIDE = 3
"""How many mails are sent beside each other: a mail server may take minutes over one of them."""


class Mailer:
    """Sends mail while the server runs: one task looks for it, the others send or wait."""

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
        self._looking = asyncio.Lock()
        self._stopping = False
        self._tasks: list[asyncio.Task[None]] = []

    async def send_sign_in_link(self, link: SignInLink, language: str, leads_to: str = "") -> None:
        """Put the mail with a sign-in link into the outbox.

        One that is asked for to prove an address goes out in any case. Of the others it is looked
        up when they are sent whether anybody booked with the address, or has a desk, and not
        before, so that nobody learns it from the answer.

        Args:
            link: What proves the address.
            language: What the mail is written in.
            leads_to: The path that the browser goes on to, or nothing for the bookings.
        """
        kind = Kind.SIGN_IN if link.purpose is LinkPurpose.SIGN_IN else Kind.PROOF
        await self._put(
            f"sign-in:{link.key}", kind, self._letters.sign_in(link, language, leads_to)
        )

    async def tell_of_address_change(self, expert: Expert, link: SignInLink, language: str) -> None:
        """Put the mail into the outbox that tells an expert of the address that was asked for."""
        letter = self._letters.address_change(expert, link.address, language)
        await self._put(f"address-change:{link.key}", Kind.ADDRESS_CHANGE, letter)

    async def _put(self, key: str, kind: Kind, letter: Letter) -> None:
        """Put a letter into the outbox that is written already."""
        now, until = self._clock(), outbox.kept_until(self._clock())
        mail = Mail(id=Key(), key=key, kind=kind, created_at=now, due_at=now, kept_until=until)
        await outbox.put(self._database, mail.model_copy(update=letter.kept()))
        self.wake()

    @property
    def watch(self) -> ServerWatch:
        """What is known of the mail server."""
        return self._sender.watch

    @property
    def trouble(self) -> str:
        """Why mail waits, and since when, for those who run this; nothing while it doesn't."""
        if self.watch.since is None:
            return ""
        return f"mail has waited since {self.watch.since:%Y-%m-%dT%H:%MZ}: {self.watch.reason}"

    def wake(self) -> None:
        """Look into the outbox now; it is looked into every second all the same."""
        self._wake.set()

    def start(self) -> None:
        """Begin to send mail as it becomes due."""
        self._tasks = [asyncio.create_task(self._run()) for _ in range(_BESIDE)]

    async def stop(self) -> None:
        """Finish with the mails in hand, for a moment, and end."""
        if not self._tasks:
            return
        self._stopping = True
        self._wake.set()
        _, unfinished = await asyncio.wait(self._tasks, timeout=_FINISH_S)
        await end(*unfinished)
        await self._sender.close(within=_WRITE_DOWN_S)

    async def _run(self) -> None:
        while not self._stopping:
            async with self._looking:
                mail = await self._look()
            if mail is not None:
                await _tried(self._sender.send(mail))

    async def _look(self) -> Mail | None:
        """Lease the next mail that is due; None if the mailer is to stop."""
        while not self._stopping:
            self._wake.clear()
            if mail := await _tried(self._sender.lease()):
                return mail
            with suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), _IDLE_S)
        return None


async def _tried(step: Awaitable[T]) -> T | None:
    """Return what a step returns; None if it fails, which is noted."""
    try:
        return await step
    except Exception as error:
        log.warning("outbox_failed", exc_info=error)
        return None
