"""Mail: a letter that is sent to somebody, and in words why it can't be."""

import asyncio
import socket
import ssl
from collections.abc import Iterator
from contextlib import suppress
from urllib.parse import SplitResult, urlsplit

from aiosmtplib import (
    SMTPAuthenticationError,
    SMTPDataError,
    SMTPException,
    SMTPRecipientRefused,
    SMTPResponseException,
    SMTPSenderRefused,
)
from aiosmtplib.smtp import SMTP_PORT, SMTP_STARTTLS_PORT, SMTP_TLS_PORT

from domain.rules.checks import Check, Checking
from domain.rules.errors import Sentence
from web.mail.mime import MimeMessage
from web.mail.smtp import SmtpServer

MAIL = Checking(Sentence("Mail"))

Reason = tuple[Sentence, Sentence]
"""What the trouble is, and what to do about it."""

_TROUBLE = (SMTPException, OSError, TimeoutError)


async def send_letter(server: SmtpServer, message: MimeMessage) -> Check:
    """Send a letter as the program sends its own, and say what became of it."""
    client = server.client()
    options, encoding = (["SMTPUTF8"], "utf-8") if message.needs_utf8 else ([], "ascii")
    try:
        async with asyncio.timeout(server.prepare_s):
            await client.connect()
            await client.mail(message.sender, options=options, encoding=encoding)
            await client.rcpt(message.recipient, encoding=encoding)
        await client.data(message.content, timeout=server.answer_s)
    except _TROUBLE as error:
        return MAIL.wrong(*_reason(error, server, message))
    finally:
        with suppress(*_TROUBLE):
            await client.quit(timeout=1)
        client.close()
    return MAIL.ok(
        Sentence(
            "The server has taken a letter to %(to)s. See whether it arrives, and in which folder.",
            {"to": message.recipient},
        )
    )


def _reason(error: Exception, server: SmtpServer, message: MimeMessage) -> Reason:
    """Put an error into words; what a server answers is passed on as it said it."""
    named = urlsplit(server.url)
    place: dict[str, object] = {"host": named.hostname, "port": named.port or _usual_port(named)}
    if isinstance(error, SMTPResponseException):
        said = {"code": error.code, "said": " ".join(error.message.split())}
        return _refused(error, {**place, **said, "from": message.sender, "to": message.recipient})
    return _unreachable([*_causes(error)], place)


def _usual_port(server: SplitResult) -> int:
    if server.scheme == "smtps":
        return SMTP_TLS_PORT
    return SMTP_STARTTLS_PORT if server.username else SMTP_PORT


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an error, and what it was raised from."""
    found: BaseException | None = error
    while found is not None:
        yield found
        found = found.__cause__ or found.__context__


def _refused(error: SMTPResponseException, told: dict[str, object]) -> Reason:
    if isinstance(error, SMTPAuthenticationError):
        return (
            Sentence("%(host)s refuses the login: %(code)s %(said)s.", told),
            Sentence(
                "Check name and password in SMTP_URL. Characters such as / : @ are written as "
                "%%2F %%3A %%40 there, and some providers want a password made for programs."
            ),
        )
    if isinstance(error, SMTPSenderRefused):
        return (
            Sentence("%(host)s refuses the sender %(from)s: %(code)s %(said)s.", told),
            Sentence("Set MAIL_FROM to an address that this login may send from."),
        )
    if isinstance(error, SMTPRecipientRefused):
        return (
            Sentence("%(host)s refuses the recipient %(to)s: %(code)s %(said)s.", told),
            Sentence(
                "Check the address. If the server speaks of relaying, it wants a login in SMTP_URL."
            ),
        )
    if isinstance(error, SMTPDataError):
        return (
            Sentence("%(host)s refuses the letter: %(code)s %(said)s.", told),
            Sentence("What it says is all that is known; its operator can tell more."),
        )
    return (
        Sentence("%(host)s refuses the connection: %(code)s %(said)s.", told),
        Sentence("Ask its operator whether it takes mail from this host."),
    )


def _unreachable(causes: list[BaseException], place: dict[str, object]) -> Reason:
    for cause in causes:
        if isinstance(cause, socket.gaierror):
            return (
                Sentence("There is no host %(host)s.", place),
                Sentence("Check the host in SMTP_URL, and that this host can resolve names."),
            )
        if isinstance(cause, ssl.SSLCertVerificationError):
            return (
                Sentence(
                    "The certificate of %(host)s does not count: %(why)s.",
                    {**place, "why": cause.verify_message},
                ),
                Sentence(
                    "Name the server as its certificate does. For an authority of your own, "
                    "set SSL_CERT_FILE."
                ),
            )
        if isinstance(cause, ConnectionRefusedError):
            return (
                Sentence("%(host)s takes no connections at port %(port)s.", place),
                Sentence("Check the port in SMTP_URL: 587 for smtp://, 465 for smtps://."),
            )
    return _no_talk(causes, place)


def _no_talk(causes: list[BaseException], place: dict[str, object]) -> Reason:
    if any(isinstance(cause, ssl.SSLError) for cause in causes):
        return (
            Sentence("%(host)s does not speak TLS at port %(port)s.", place),
            Sentence(
                "Use smtps:// where TLS comes first (465), smtp:// where it comes later (587)."
            ),
        )
    if any("STARTTLS" in str(cause) for cause in causes):
        return (
            Sentence("%(host)s offers no TLS, and a password is never sent without.", place),
            Sentence("Use a server that does, or leave name and password out of SMTP_URL."),
        )
    if any(isinstance(cause, TimeoutError) for cause in causes):
        return (
            Sentence("%(host)s does not answer at port %(port)s.", place),
            Sentence("A firewall may be in the way: many hosts block port 25. Try 587 or 465."),
        )
    name = type(causes[0]).__name__
    return (
        Sentence("%(host)s hangs up (%(name)s).", {**place, "name": name}),
        Sentence("Check the port in SMTP_URL: 587 for smtp://, 465 for smtps://."),
    )
