"""Mail: written into the outbox, sent from there by SMTP where there is a server for it."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

import aiosmtplib
import structlog
from jinja2 import Environment

from domain.store import outbox
from domain.store.database import Database, Key
from domain.store.documents import Mail, MailState, SignInLink
from web.languages import DEFAULT
from web.settings import Settings
from web.tokens import LinkTokens

log = structlog.get_logger()

_LEASE = timedelta(seconds=60)
_SEND_TIMEOUT_S = 20.0
_BACK_OFF = (5, 30, 120, 600, 3_600)
"""Seconds to wait after each failed attempt; after the last one the mail has failed."""

_IDLE_S = 1.0


class Mailer:
    """Writes mail in this program's words, and sends what the outbox holds."""

    def __init__(
        self,
        database: Database,
        environment: Environment,
        settings: Settings,
        tokens: LinkTokens,
        clock: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._environment = environment
        self._settings = settings
        self._tokens = tokens
        self._clock = clock
        self._wake = asyncio.Event()

    async def send_sign_in_link(self, link: SignInLink) -> None:
        """Put the mail with a sign-in link into the outbox."""
        address = f"{self._settings.public_url}/bookings/link/{self._tokens.write(link.key)}"
        context = {"address": address, "expires_at": link.expires_at, "language": DEFAULT}
        now = self._clock()
        mail = Mail(
            id=Key(),
            key=f"sign-in:{link.key}",
            to=link.address,
            subject="Your link to your bookings",
            text=self._environment.get_template("mail/sign_in.txt").render(context),
            html=self._environment.get_template("mail/sign_in.html").render(context),
            state=MailState.WAITING if self._settings.smtp_url else MailState.KEPT,
            created_at=now,
            due_at=now,
        )
        await outbox.put(self._database, mail)
        self._wake.set()

    async def run(self) -> None:
        """Send mail as it becomes due, for ever; without an SMTP server it stays in the outbox."""
        if self._settings.smtp_url is None:
            return
        while True:
            try:
                sent = await self._send_next()
            except Exception:
                log.exception("outbox_failed")
                sent = False
            if not sent:
                self._wake.clear()
                await _wait(self._wake, _IDLE_S)

    async def _send_next(self) -> bool:
        mail = await outbox.lease(self._database, now=self._clock(), lease_for=_LEASE)
        if mail is None:
            return False
        try:
            await asyncio.wait_for(self._deliver(mail), _SEND_TIMEOUT_S)
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
            await self._put_off(mail, error)
        else:
            await outbox.mark_sent(self._database, mail, now=self._clock())
        return True

    async def _put_off(self, mail: Mail, error: Exception) -> None:
        if mail.attempts > len(_BACK_OFF):
            log.error("mail_given_up", mail=str(mail.id), error=type(error).__name__)
            await outbox.give_up(self._database, mail)
            return
        log.warning("mail_put_off", mail=str(mail.id), error=type(error).__name__)
        pause = timedelta(seconds=_BACK_OFF[mail.attempts - 1])
        await outbox.put_off(self._database, mail, until=self._clock() + pause)

    async def _deliver(self, mail: Mail) -> None:
        assert self._settings.smtp_url is not None  # noqa: S101 - `run` has checked
        server = urlsplit(self._settings.smtp_url)
        await aiosmtplib.send(
            message_of(mail, self._settings.mail_from),
            hostname=server.hostname,
            port=server.port,
            username=unquote(server.username) if server.username else None,
            password=unquote(server.password) if server.password else None,
            use_tls=server.scheme == "smtps",
            timeout=_SEND_TIMEOUT_S,
        )


async def _wait(event: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(event.wait(), seconds)
    except TimeoutError:
        return


def message_of(mail: Mail, sender: str) -> EmailMessage:
    """Return a mail as it is sent: text, and the same as HTML."""
    message = EmailMessage()
    message["From"] = sender
    message["To"] = mail.to
    message["Subject"] = mail.subject
    message["Date"] = mail.created_at
    message["Message-ID"] = f"<{mail.id}@expertconnect>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.text)
    message.add_alternative(mail.html, subtype="html")
    return message
