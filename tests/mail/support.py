"""Mail servers that do as they are told, and senders with a short patience."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes, policy
from email.headerregistry import Address
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller

from domain.rules.notices import REMINDERS
from domain.store.core.database import Database
from domain.store.documents import Booking
from domain.store.documents.mails import Mail, MailState
from tests.domain.support import DAY, book
from tests.factories import make_expert, make_slot
from tests.servers import free_port
from web.http import clock
from web.http.templating import environment
from web.http.tokens import LinkTokens
from web.mail.letters import Letters
from web.mail.mailer import Mailer
from web.mail.sender import Sender
from web.mail.smtp import SmtpServer

MAIL_FROM = Address("ExpertConnect", "bookings", "example.org")


class Hands:
    """A clock that tests move on."""

    def __init__(self, start: datetime) -> None:
        self.instant = start

    def __call__(self) -> datetime:
        return self.instant


@dataclass
class Postman:
    """Takes mail, or answers otherwise as often as it is told to."""

    at_mail: list[str] = field(default_factory=list)
    """What it answers to the first senders instead of taking their mail."""
    at_rcpt: list[str] = field(default_factory=list)
    """What it answers to the first recipients instead of taking them."""
    at_data: list[str] = field(default_factory=list)
    """What it answers to the first messages instead of taking them."""
    taken: list[EmailMessage] = field(default_factory=list)
    contents: list[bytes] = field(default_factory=list)
    """The same, as they came."""
    recipients: list[str] = field(default_factory=list)
    """Whom they are for."""
    on_taken: Callable[[], None] = lambda: None
    on_rcpt: Callable[[], None] = lambda: None
    on_data: Callable[[], None] = lambda: None
    connections: list[object] = field(default_factory=list)
    """Those over which mail was brought, each once."""
    hang_up: Callable[[], object] = lambda: None
    """Ends the connection over which mail was brought last."""
    asked: list[str] = field(default_factory=list)
    """Whom it was asked to take mail for."""
    hangs_for: set[str] = field(default_factory=set)
    """To whom it doesn't answer whether it takes mail for them."""
    silent: bool = False
    """Whether it takes messages without ever saying so."""

    async def handle_MAIL(self, server, session, envelope, address, options):  # noqa: N802 - aiosmtpd's name
        if session not in self.connections:
            self.connections.append(session)
            loop = asyncio.get_running_loop()
            self.hang_up = lambda: loop.call_soon_threadsafe(server.transport.close)
        if self.at_mail:
            return self.at_mail.pop(0)
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(self, _server, _session, envelope, address, _options):  # noqa: N802 - aiosmtpd's name
        self.on_rcpt()
        self.asked.append(address)
        if address in self.hangs_for:
            await asyncio.sleep(3_600)
        if self.at_rcpt:
            return self.at_rcpt.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802 - aiosmtpd's name
        self.on_data()
        if self.at_data:
            return self.at_data.pop(0)
        self.contents.append(envelope.content)
        self.recipients += envelope.rcpt_tos
        self.taken.append(message_from_bytes(envelope.content, policy=policy.default))
        self.on_taken()
        if self.silent:
            await asyncio.sleep(3_600)
        return "250 taken"

    @property
    def keys(self) -> list[str]:
        """What tells the messages that it took from each other, in their order."""
        return [str(message["Message-ID"]) for message in self.taken]


@asynccontextmanager
async def smtp_server(
    postman: Postman, port: int | None = None, **options: Any
) -> AsyncIterator[str]:
    """Run a mail server; yields host and port."""
    controller = Controller(postman, hostname="127.0.0.1", port=port or free_port(), **options)
    controller.start()
    try:
        yield f"localhost:{controller.port}"
    finally:
        controller.stop()


def letters() -> Letters:
    return Letters(environment(), "https://book.example.org", MAIL_FROM, LinkTokens(["k" * 32]))


def sender(
    database: Database, url: str | None, now: Callable[[], datetime] = clock.now, **patience: float
) -> Sender:
    server = SmtpServer(url, **patience) if url else None
    return Sender(database, letters(), server, now)


@asynccontextmanager
async def running(
    database: Database,
    url: str | None,
    now: Callable[[], datetime] = clock.now,
    **patience: float,
) -> AsyncIterator[Mailer]:
    """Run a mailer for as long as the block takes."""
    mailer = Mailer(database, letters(), sender(database, url, now, **patience), now)
    mailer.start()
    try:
        yield mailer
    finally:
        await mailer.stop()


async def send_all(one: Sender) -> int:
    """Have it send what is due; return how many mails it looked at."""
    count = 0
    while mail := await one.lease():
        await one.send(mail)
        count += 1
    return count


async def a_booking(database: Database, now: datetime, **fields: Any) -> Booking:
    """Book the day after tomorrow's time of an expert, whose fields these are."""
    expert = await make_expert(database, **fields)
    slot = await make_slot(database, expert, starts_at=now + 2 * DAY)
    return await book(database, slot, now=now)


async def mails(database: Database) -> list[Mail]:
    """All mail but reminders, in the order in which it was written."""
    found = await database.engine.find(Mail, sort=Mail.created_at)
    return [mail for mail in found if mail.kind not in REMINDERS]


async def states(database: Database) -> list[MailState]:
    """What became of all mail but reminders."""
    return [mail.state for mail in await mails(database)]
