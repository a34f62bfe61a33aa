"""The sender: one mail from the outbox to the mail server, and what became of it."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from email.headerregistry import Address
from itertools import cycle

import structlog

from domain.mornings import sessions_in
from domain.replacements import proposal_of
from domain.rules.instants import EPOCH
from domain.rules.notices import TURNS, Kind, Recipient, comes_too_late
from domain.sign_in import LINK_LIFETIME, address_is_known
from domain.store.bookings import reading as bookings
from domain.store.core.database import Database, DatabaseError, Key
from domain.store.documents import Booking
from domain.store.documents.mails import Mail, MailState
from domain.store.experts import reading as experts
from domain.store.mail import outbox
from domain.store.waitlist import entries as waitlist
from domain.waitlist import offered_slot
from web.i18n.formats import local_day
from web.mail.ledger import MAILS, Ledger
from web.mail.letters import Letter, Letters
from web.mail.mime import MimeMessage, message_of
from web.mail.server_watch import ServerWatch
from web.mail.smtp import Answer, Connections, Outcome, SmtpServer

log = structlog.get_logger()

_PREPARING = timedelta(seconds=60)
"""The first lease: longer than it takes to write a letter and reach the server."""
_BEYOND = timedelta(seconds=30)
"""How much longer the second lease is than the server may take to answer."""
_PATIENCE = timedelta(seconds=30)
"""How long others may take, once the database is back, to say what became of their mails."""

_WITH_LINKS = (Kind.SIGN_IN, Kind.PROOF)
"""Mails that are of no use once the link in them has expired."""

_WITH_OFFERS = (Kind.ABSENCE, Kind.CANCELLATION)
"""Mails that tell of times that are kept for the booking, if there are any."""

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
        mail_from: Address,
        clock: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._letters = letters
        self._connections = Connections(server) if server else None
        self._answer_s = server.answer_s if server else 0
        self.watch = ServerWatch()
        self._lanes = cycle(TURNS)
        self._mail_from = mail_from
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
        return await outbox.lease(
            self._database, now=now, lease_for=_PREPARING, first=next(self._lanes)
        )

    async def send(self, mail: Mail) -> None:
        """Send a leased mail, and note what became of it, later where the database is away."""
        try:
            letter = await self._letter_of(mail, self._clock())
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

    async def _letter_of(self, mail: Mail, now: datetime) -> Letter | None:
        """Write a mail's letter; None if it is no longer true."""
        if mail.wait_id is not None:
            return await self._letter_of_wait(mail.kind, mail.wait_id, now)
        if mail.expert_id is not None:
            return await self._letter_to_expert(mail, mail.expert_id, now)
        if mail.booking_id is None:
            return await self._written_letter(mail, now)
        booking = await bookings.find(self._database, mail.booking_id)
        is_handover = mail.kind is Kind.HANDOVER
        write = self._letter_of_handover if is_handover else self._letter_of_booking
        return await write(mail, booking, now) if booking else None

    async def _letter_of_booking(
        self, mail: Mail, booking: Booking, now: datetime
    ) -> Letter | None:
        expert = await experts.find(self._database, booking.expert_id)
        if expert is None or booking.rev != mail.booking_rev:
            return None
        if comes_too_late(mail.kind, starts_at=booking.starts_at, ends_at=booking.ends_at, now=now):
            return None
        proposal = None
        if mail.kind in _WITH_OFFERS and mail.audience is Recipient.ATTENDEE:
            proposal = await proposal_of(self._database, booking, now=now)
        return self._letters.of_booking(
            mail.kind, mail.audience, booking, expert, now, proposal=proposal
        )

    async def _letter_of_handover(
        self, mail: Mail, booking: Booking, now: datetime
    ) -> Letter | None:
        former_id = booking.history[mail.booking_rev - 1].former_id
        former = await experts.find(self._database, former_id) if former_id else None
        if former is None:
            return None
        return self._letters.of_handover(booking, mail.booking_rev, former, now)

    async def _written_letter(self, mail: Mail, now: datetime) -> Letter | None:
        """Return a letter that was written already.

        A link's counts for as long as the link does; a sign-in link's for a known address alone.
        """
        if mail.kind in _WITH_LINKS and mail.created_at + LINK_LIFETIME <= now:
            return None
        if mail.kind is Kind.SIGN_IN and not await address_is_known(self._database, mail.to):
            return None
        return Letter(to=mail.to, subject=mail.subject, text=mail.text, html=mail.html)

    async def _letter_to_expert(self, mail: Mail, expert_id: Key, now: datetime) -> Letter | None:
        expert = await experts.find(self._database, expert_id)
        if expert is None:
            return None
        if mail.kind is Kind.APPROVAL:
            return self._letters.of_approval(expert) if expert.listed else None
        sessions = await sessions_in(self._database, mail, expert, now=now)
        day = local_day(mail.created_at, expert.zone)
        return self._letters.of_day(expert, day, sessions) if sessions else None

    async def _letter_of_wait(self, kind: Kind, wait_id: Key, now: datetime) -> Letter | None:
        wait = await waitlist.find_by_id(self._database, wait_id)
        expert = await experts.find(self._database, wait.expert_id) if wait else None
        if wait is None or expert is None:
            return None
        if kind is Kind.PLACE_IN_LINE:
            return self._letters.of_place(wait, expert)
        slot = await offered_slot(self._database, wait, now=now)
        return self._letters.of_offer(wait, slot, expert) if slot else None

    def _message_of(self, mail: Mail, letter: Letter) -> MimeMessage:
        return message_of(letter, sender=self._mail_from, key=str(mail.id), now=self._clock())

    async def _hand_over(self, server: Connections, mail: Mail, message: MimeMessage) -> None:
        async def begin() -> bool:
            lease_for = timedelta(seconds=self._answer_s) + _BEYOND
            now = self._clock()
            try:
                return await outbox.begin(self._database, mail, now=now, lease_for=lease_for)
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
        count = await outbox.note_unsure(self._database, now=now)
        if count:
            log.error("mail_unsure", count=count, reason="sender_gone")
            MAILS.labels(MailState.UNSURE.value).inc(count)
