"""The sender: one mail from the outbox to the mail server, and what became of it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from email.headerregistry import Address

import structlog
from prometheus_client import Counter

from domain.notices import Kind, comes_too_late
from domain.sign_in import address_is_known
from domain.store import bookings, experts, outbox, waitlist
from domain.store.database import Database, Key
from domain.store.mail import Mail, MailState
from domain.waitlist import offered_slot
from web.mail.letters import Letter, Letters
from web.mail.messages import Message, message_of
from web.mail.smtp import Answer, Outcome, SmtpServer

log = structlog.get_logger()

MAILS = Counter("expertconnect_mails", "Mails, by what became of them.", ["outcome"])

_PREPARING = timedelta(seconds=60)
"""The first lease: longer than it takes to write a letter and reach the server."""
_BEYOND = timedelta(seconds=30)
"""How much longer the second lease is than the server may take to answer."""

BACK_OFF = (5, 30, 120, 600, 3_600, 10_800)
"""Seconds to wait after each failed attempt; after the last one the mail has failed."""


class Sender:
    """Sends mail, any number of processes beside each other, each mail once."""

    def __init__(
        self,
        database: Database,
        letters: Letters,
        server: SmtpServer | None,
        mail_from: Address,
        clock: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._letters = letters
        self._server = server
        self._mail_from = mail_from
        self._clock = clock

    async def lease(self) -> Mail | None:
        """Take one of the mails that are due, to be sent at once; None where there is none."""
        now = self._clock()
        mail = await outbox.lease(self._database, now=now, lease_for=_PREPARING)
        if mail is None:
            await self._note_unsure(now)
        return mail

    async def send(self, mail: Mail) -> None:
        """Send a leased mail, and note what became of it."""
        try:
            letter = await self._letter_of(mail, self._clock())
            message = self._message_of(mail, letter) if letter and self._server else None
        except Exception as error:
            await self._note(mail, Outcome(Answer.NOT_NOW, type(error).__name__))
            return
        if letter is None:
            await self._settle(mail, MailState.OVERTAKEN)
        elif message is None or self._server is None:
            await self._keep(mail, letter)
        else:
            await self._hand_over(self._server, mail, message)

    async def _letter_of(self, mail: Mail, now: datetime) -> Letter | None:
        """Write a mail's letter; None where what it would tell is no longer so."""
        if mail.wait_id is not None:
            return await self._letter_of_wait(mail.kind, mail.wait_id, now)
        if mail.booking_id is None:
            return await self._letter_with_link(mail)
        booking = await bookings.find(self._database, mail.booking_id)
        expert = await experts.find(self._database, booking.expert_id) if booking else None
        if booking is None or expert is None or booking.rev != mail.booking_rev:
            return None
        if comes_too_late(mail.kind, starts_at=booking.starts_at, now=now):
            return None
        return self._letters.of_booking(mail.kind, mail.audience, booking, expert, now)

    async def _letter_with_link(self, mail: Mail) -> Letter | None:
        """Return the letter with a sign-in link, for an address of which something is kept."""
        if not await address_is_known(self._database, mail.to):
            return None
        return Letter(to=mail.to, subject=mail.subject, text=mail.text, html=mail.html)

    async def _letter_of_wait(self, kind: Kind, wait_id: Key, now: datetime) -> Letter | None:
        wait = await waitlist.find_by_id(self._database, wait_id)
        expert = await experts.find(self._database, wait.expert_id) if wait else None
        if wait is None or expert is None:
            return None
        if kind is Kind.PLACE_IN_LINE:
            return self._letters.of_place(wait, expert)
        slot = await offered_slot(self._database, wait, now=now)
        return self._letters.of_offer(wait, slot, expert) if slot else None

    def _message_of(self, mail: Mail, letter: Letter) -> Message:
        return message_of(letter, sender=self._mail_from, key=str(mail.id), now=self._clock())

    async def _keep(self, mail: Mail, letter: Letter) -> None:
        kept = mail.model_copy(update=letter.kept())
        await outbox.keep(self._database, kept, now=self._clock())
        MAILS.labels(MailState.KEPT.value).inc()

    async def _hand_over(self, server: SmtpServer, mail: Mail, message: Message) -> None:
        async def begin() -> bool:
            lease_for = timedelta(seconds=server.answer_s) + _BEYOND
            now = self._clock()
            return await outbox.begin(self._database, mail, now=now, lease_for=lease_for)

        async with server.connection() as connection:
            await self._note(mail, await connection.hand_over(message, begin=begin))

    async def _note(self, mail: Mail, outcome: Outcome) -> None:
        match outcome.answer:
            case Answer.ACCEPTED:
                await self._settle(mail, MailState.SENT)
            case Answer.UNKNOWN:
                log.error("mail_unsure", mail=str(mail.id), reason=outcome.reason)
                await self._settle(mail, MailState.UNSURE)
            case Answer.NEVER:
                await self._give_up(mail, outcome)
            case Answer.NOT_NOW if mail.attempts > len(BACK_OFF):
                await self._give_up(mail, outcome)
            case Answer.NOT_NOW:
                log.warning("mail_put_off", mail=str(mail.id), reason=outcome.reason)
                pause = timedelta(seconds=BACK_OFF[mail.attempts - 1])
                await outbox.put_off(self._database, mail, until=self._clock() + pause)
                MAILS.labels("put_off").inc()
            case Answer.WITHDRAWN:
                pass

    async def _give_up(self, mail: Mail, outcome: Outcome) -> None:
        log.error("mail_given_up", mail=str(mail.id), reason=outcome.reason)
        await self._settle(mail, MailState.FAILED)

    async def _settle(self, mail: Mail, state: MailState) -> None:
        await outbox.settle(self._database, mail, state, now=self._clock())
        MAILS.labels(state.value).inc()

    async def _note_unsure(self, now: datetime) -> None:
        count = await outbox.note_unsure(self._database, now=now)
        if count:
            log.error("mail_unsure", count=count, reason="sender_gone")
            MAILS.labels(MailState.UNSURE.value).inc(count)
