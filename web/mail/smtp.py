"""SMTP: how a message is handed to the mail server, and what its answer means (RFC 5321)."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any
from urllib.parse import unquote, urlsplit

import aiosmtplib
from aiosmtplib import SMTPDataError, SMTPException, SMTPRecipientRefused, SMTPSenderRefused

from web.mail.messages import Message

_FIRST_PERMANENT = 500
_GOODBYE_S = 2.0
_TROUBLE = (SMTPException, OSError, TimeoutError)


class Answer(Enum):
    """What became of a message."""

    ACCEPTED = auto()
    NOT_NOW = auto()
    """It was certainly not sent; it may be later."""
    NEVER = auto()
    """The server will not have it."""
    UNKNOWN = auto()
    """It was handed over and no answer came: it may have been sent, or not."""
    WITHDRAWN = auto()
    """Nothing was handed over: the sender may not begin."""


@dataclass(frozen=True)
class Outcome:
    """An answer, and its reason in a word without anything personal: a code or a fault's name."""

    answer: Answer
    reason: str = ""


@dataclass(frozen=True)
class SmtpServer:
    """The mail server of a deployment.

    `smtps://` is TLS from the start. `smtp://` with a login upgrades to TLS or fails: a password
    is never sent in the clear. Without a login it upgrades where the server offers it, as mail
    servers do among themselves, to whatever certificate.
    """

    url: str
    prepare_s: float = 30.0
    """How long connecting, logging in and naming the addresses may take."""
    answer_s: float = 120.0
    """How long the server may take to answer for a whole message."""

    def client(self) -> aiosmtplib.SMTP:
        """Return a client that is not connected yet."""
        server = urlsplit(self.url)
        login: dict[str, Any] = {}
        if server.username:
            login = {
                "username": unquote(server.username),
                "password": unquote(server.password or ""),
            }
        tls = server.scheme == "smtps"
        return aiosmtplib.SMTP(
            hostname=server.hostname,
            port=server.port,
            use_tls=tls,
            start_tls=None if tls or not login else True,
            validate_certs=tls or bool(login),
            timeout=self.prepare_s,
            **login,
        )

    @asynccontextmanager
    async def connection(self) -> AsyncIterator["Connection"]:
        """Yield a connection, opened at its first use; taken leave of afterwards."""
        connection = Connection(self, self.client())
        try:
            yield connection
        finally:
            await connection.leave()


@dataclass
class Connection:
    """A connection for one message."""

    server: SmtpServer
    client: aiosmtplib.SMTP

    async def hand_over(self, message: Message, *, begin: Callable[[], Awaitable[bool]]) -> Outcome:
        """Hand a message over.

        Args:
            message: What to send, and between whom.
            begin: Called right before the server could accept the message; False stops it.
        """
        try:
            async with asyncio.timeout(self.server.prepare_s):
                await self.client.connect()
                await _name_addresses(self.client, message)
        except (SMTPSenderRefused, SMTPRecipientRefused) as refused:
            return _refusal(refused.code)
        except _TROUBLE as error:
            return Outcome(Answer.NOT_NOW, type(error).__name__)
        return await self._data(message) if await begin() else Outcome(Answer.WITHDRAWN)

    async def _data(self, message: Message) -> Outcome:
        try:
            async with asyncio.timeout(self.server.answer_s):
                await self.client.data(message.content, timeout=self.server.answer_s)
        except SMTPDataError as refused:
            return _refusal(refused.code)
        except _TROUBLE as error:
            return Outcome(Answer.UNKNOWN, type(error).__name__)
        return Outcome(Answer.ACCEPTED)

    async def leave(self) -> None:
        """Say goodbye where somebody listens, and hang up."""
        try:
            if self.client.is_connected:
                await self.client.quit(timeout=_GOODBYE_S)
        except _TROUBLE:
            pass
        finally:
            self.client.close()


async def _name_addresses(client: aiosmtplib.SMTP, message: Message) -> None:
    options = ["SMTPUTF8"] if message.needs_utf8 else []
    encoding = "utf-8" if options else "ascii"
    await client.mail(message.sender, options=options, encoding=encoding)
    await client.rcpt(message.recipient, encoding=encoding)


def _refusal(code: int) -> Outcome:
    return Outcome(Answer.NEVER if code >= _FIRST_PERMANENT else Answer.NOT_NOW, str(code))
