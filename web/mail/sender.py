"""The sender: one mail from the outbox to the mail server, and what became of it."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from domain.rules.instants import EPOCH
from domain.store.core.database import Database, DatabaseError
from domain.store.documents.mails import Mail, MailState
from domain.store.mail import sending
from web.mail.ledger import MAILS, Ledger
from web.mail.letters import Letters
from web.mail.mime import MimeMessage, message_of
from web.mail.server_watch import ServerWatch
from web.mail.smtp import Answer, Connections, Outcome, SmtpServer
from web.mail.stationery import Letter
from web.mail.writer import Writer

log = structlog.get_logger()

_PREPARING = timedelta(seconds=60)
"""The first lease: longer than it takes to write a letter and reach the server."""
_BEYOND = timedelta(seconds=30)
"""How much longer the second lease is than the server may take to answer."""
_PATIENCE = timedelta(seconds=30)
"""How long others may take, once the database is back, to say what became of their mails."""

BACK_OFF = (5, 30, 120, 600, 3_600, 10_800)
"""Seconds to wait after each refusal of a mail; one more, and it has failed. While the server can't
be used at all, nothing counts as refused: mail waits for as long as it makes sense."""

_ANSWERED = (Answer.ACCEPTED, Answer.NEVER)
"""What only a server says that can be used."""


class Sender:
    """Sends mail, any number of processes beside each other, each mail once."""

    def __init__(
        self,
        database: Database,
        letters: Letters,
        server: SmtpServer | None,
        clock: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._writer = Writer(database, letters)
        self._connections = Connections(server) if server else None
        self._answer_s = server.answer_s if server else 0
        self.watch = ServerWatch()
        self._draws = sending.Draws(database)
        self._letters = letters
        self._clock = clock
        self._ledger = Ledger(database)
        self._patient_until = EPOCH

    async def lease(self) -> Mail | None:
        """Take one of the mails that are due, to be sent at once; None where there is none.

        What became of earlier ones is written down first, so that none is given up as unsure of
        which this sender knows.

        Raises:
            DatabaseError: The database can't be written to.
        """
        try:
            await self._ledger.write_down()
            mail = await self._next()
        except DatabaseError:
            self._patient_until = self._clock() + _PATIENCE
            raise
        if mail is None:
            await self.leave()
            if self._patient_until <= self._clock():
                await self._note_unsure(self._clock())
        return mail

    async def _next(self) -> Mail | None:
        now = self._clock()
        if self.watch.leaves_alone(now):
            return None
        return await self._draws.lease(now=now, lease_for=_PREPARING)

    async def send(self, mail: Mail) -> None:
        """Send a leased mail, and note what became of it, later where the database is away."""
        try:
            letter = await self._writer.letter_of(mail, now=self._clock())
            message = self._message_of(mail, letter) if letter and self._connections else None
        except DatabaseError as error:
            self._put_off(mail, type(error).__name__)
        except Exception as error:
            self._learn(mail, Outcome(Answer.NOT_NOW, type(error).__name__))
        else:
            if letter is None:
                log.info("mail_overtaken", mail=str(mail.id), kind=mail.kind.value)
                self._settle(mail, MailState.OVERTAKEN)
            elif message is None or self._connections is None:
                kept = mail.model_copy(update=letter.kept())
                self._ledger.keep(kept, now=self._clock())
            else:
                await self._hand_over(self._connections, mail, message)
        await self._write_down()

    async def close(self, *, within: float) -> None:
        """Write down what became of mails, for so many seconds."""
        await self.leave()
        await self._ledger.close(within=within)

    async def leave(self) -> None:
        """Take leave of the mail server; the next mail finds it again."""
        if self._connections is not None:
            await self._connections.leave()

    def _message_of(self, mail: Mail, letter: Letter) -> MimeMessage:
        return message_of(letter, sender=self._letters.sender, key=str(mail.id), now=self._clock())

    async def _hand_over(self, server: Connections, mail: Mail, message: MimeMessage) -> None:
        async def begin() -> bool:
            lease_for = timedelta(seconds=self._answer_s) + _BEYOND
            now = self._clock()
            try:
                return await sending.begin(self._database, mail, now=now, lease_for=lease_for)
            except DatabaseError as error:  # it may have begun there, but it goes nowhere
                self._put_off(mail, type(error).__name__)
                return False
            except asyncio.CancelledError:
                self._put_off(mail, "stopped")
                raise

        async with server.one() as connection:
            self._learn(mail, await connection.hand_over(message, begin=begin))
            await self._write_down()  # before the server is taken leave of, which may take a while

    def _learn(self, mail: Mail, outcome: Outcome) -> None:
        if outcome.answer in _ANSWERED:
            self.watch.note_answer(self._clock())
        match outcome.answer:
            case Answer.ACCEPTED:
                self._settle(mail, MailState.SENT)
            case Answer.UNKNOWN:
                log.error("mail_unsure", mail=str(mail.id), reason=outcome.reason)
                self._settle(mail, MailState.UNSURE)
            case Answer.NEVER:
                self._give_up(mail, outcome)
            case Answer.NOT_NOW if mail.refusals >= len(BACK_OFF):
                self._give_up(mail, outcome)
            case Answer.NOT_NOW:
                pause_s = BACK_OFF[mail.refusals]
                self._put_off(mail, outcome.reason, pause_s, was_refused=True)
            case Answer.NO_SERVER:
                self.watch.note_failure(outcome.reason, self._clock())
                self._put_off(mail, outcome.reason)
            case Answer.WITHDRAWN:
                pass

    def _give_up(self, mail: Mail, outcome: Outcome) -> None:
        log.error("mail_given_up", mail=str(mail.id), reason=outcome.reason)
        self._settle(mail, MailState.FAILED)

    def _settle(self, mail: Mail, state: MailState) -> None:
        self._ledger.settle(mail, state, now=self._clock())

    def _put_off(
        self, mail: Mail, reason: str, pause_s: int = BACK_OFF[0], *, was_refused: bool = False
    ) -> None:
        """Have it tried again; by default soon, as where the mail itself was not refused."""
        log.warning("mail_put_off", mail=str(mail.id), reason=reason)
        until = self._clock() + timedelta(seconds=pause_s)
        self._ledger.put_off(mail, until=until, was_refused=was_refused)

    async def _write_down(self) -> None:
        try:
            await self._ledger.write_down()
        except DatabaseError as error:
            log.warning("mail_outcome_waits", error=type(error).__name__)

    async def _note_unsure(self, now: datetime) -> None:
        count = await sending.note_unsure(self._database, now=now)
        if count:
            log.error("mail_unsure", count=count, reason="sender_gone")
            MAILS.labels(MailState.UNSURE.value).inc(count)
