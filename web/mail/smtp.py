"""SMTP: how a message is handed to the mail server, and what its answer means (RFC 5321)."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any
from urllib.parse import unquote, urlsplit

import aiosmtplib
from aiosmtplib import (
    SMTPDataError,
    SMTPException,
    SMTPRecipientRefused,
    SMTPSenderRefused,
    SMTPServerDisconnected,
)

from web.mail.mime import MimeMessage

_FIRST_PERMANENT = 500
_CLOSING = 421
_GOODBYE_S = 2.0
_TROUBLE = (SMTPException, OSError, TimeoutError)


class Answer(Enum):
    """What became of a message."""

    ACCEPTED = auto()
    NOT_NOW = auto()
    """It was certainly not sent; it may be later."""
    NO_SERVER = auto()
    """The server can't be used, or takes nothing from this sender: no message is at fault."""
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
    async def connection(self) -> AsyncIterator["SmtpConnection"]:
        """Yield a connection, opened at its first use; taken leave of afterwards."""
        connection = SmtpConnection(self, self.client())
        try:
            yield connection
        finally:
            await connection.leave()


class Connections:
    """Connections to a mail server, each for one message at a time, kept while more are to go."""

    def __init__(self, server: SmtpServer) -> None:
        self._server = server
        self._idle: list[SmtpConnection] = []

    @asynccontextmanager
    async def one(self) -> AsyncIterator["SmtpConnection"]:
        """Yield a connection for one message: one that was used before, if there is any."""
        found = (
            self._idle.pop() if self._idle else SmtpConnection(self._server, self._server.client())
        )
        try:
            yield found
        finally:
            if found.is_usable:
                self._idle.append(found)
            else:
                await found.leave()

    async def leave(self) -> None:
        """Take leave of the server: there is nothing to send."""
        while self._idle:
            await self._idle.pop().leave()


@dataclass
class SmtpConnection:
    """A connection for one message after the other."""

    server: SmtpServer
    client: aiosmtplib.SMTP
    is_usable: bool = False
    """Whether another message may follow: the last one was taken."""

    async def hand_over(
        self, message: MimeMessage, *, begin: Callable[[], Awaitable[bool]]
    ) -> Outcome:
        """Hand a message over.

        Args:
            message: What to send, and between whom.
            begin: Called right before the server could accept the message; False stops it.
        """
        was_used, self.is_usable = self.is_usable, False
        trouble = Answer.NO_SERVER
        try:
            async with asyncio.timeout(self.server.prepare_s):
                await self._name_sender(message, was_used=was_used)
                trouble = Answer.NOT_NOW
                await self.client.rcpt(message.recipient, encoding=_encoding_of(message))
        except SMTPSenderRefused as refused:
            if message.needs_utf8:  # which not every server can do
                return _refusal(refused.code)
            return Outcome(Answer.NO_SERVER, str(refused.code))
        except SMTPRecipientRefused as refused:
            return _refusal(refused.code)
        except _TROUBLE as error:
            return Outcome(trouble, type(error).__name__)
        return await self._data(message) if await begin() else Outcome(Answer.WITHDRAWN)

    async def _name_sender(self, message: MimeMessage, *, was_used: bool) -> None:
        if not (was_used and await self._goes_on(message)):
            await self.client.connect()
            await self._mail(message)

    async def _goes_on(self, message: MimeMessage) -> bool:
        """Name the sender over a connection used before; False where the server has ended it."""
        try:
            await self._mail(message)
        except SMTPSenderRefused as refused:
            if refused.code != _CLOSING:
                raise
        except (SMTPServerDisconnected, OSError):
            pass
        else:
            return True
        self.client.close()
        self.client = self.server.client()
        return False

    async def _mail(self, message: MimeMessage) -> None:
        options = ["SMTPUTF8"] if message.needs_utf8 else []
        await self.client.mail(message.sender, options=options, encoding=_encoding_of(message))

    async def _data(self, message: MimeMessage) -> Outcome:
        try:
            async with asyncio.timeout(self.server.answer_s):
                await self.client.data(message.content, timeout=self.server.answer_s)
        except SMTPDataError as refused:
            return _refusal(refused.code)
        except _TROUBLE as error:
            return Outcome(Answer.UNKNOWN, type(error).__name__)
        self.is_usable = True
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


def _encoding_of(message: MimeMessage) -> str:
    return "utf-8" if message.needs_utf8 else "ascii"


def _refusal(code: int) -> Outcome:
    return Outcome(Answer.NEVER if code >= _FIRST_PERMANENT else Answer.NOT_NOW, str(code))
