"""Mail through a real SMTP server, one that refuses, and one that is not there."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller
from odmantic import ObjectId

from domain.store import outbox
from domain.store.database import Database
from domain.store.documents import Mail, MailState, SignInLink
from tests.servers import free_port
from web import clock
from web.mail import Mailer, message_of
from web.rendering import environment
from web.settings import read_settings
from web.tokens import LinkTokens


class Postman:
    """Takes mail, or refuses it as often as it is told to."""

    def __init__(self, refusals: int = 0) -> None:
        self.refusals = refusals
        self.taken: list[EmailMessage] = []

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802 - aiosmtpd's name
        if self.refusals > 0:
            self.refusals -= 1
            return "451 try again later"
        from email import message_from_bytes, policy  # noqa: PLC0415 - used by this fake alone

        self.taken.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 taken"


@asynccontextmanager
async def smtp_server(postman: Postman) -> AsyncIterator[str]:
    controller = Controller(postman, hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        yield f"smtp://127.0.0.1:{controller.port}"
    finally:
        controller.stop()


def mailer(database: Database, smtp_url: str, now: Callable[[], datetime] = clock.now) -> Mailer:
    settings = read_settings({"SMTP_URL": smtp_url, "BASE_URL": "https://book.example.org"})
    return Mailer(database, environment(), settings, LinkTokens("k" * 32), now)


def link_for(address: str, now: datetime) -> SignInLink:
    return SignInLink(
        id=ObjectId(),
        key=secrets.token_urlsafe(24),
        address=address,
        source="",
        created_at=now,
        expires_at=now + timedelta(minutes=30),
    )


async def only_mail(database: Database) -> Mail:
    (mail,) = await outbox.newest(database, limit=5)
    return mail


async def until(state: MailState, database: Database) -> Mail:
    for _ in range(400):
        mail = await only_mail(database)
        if mail.state is state:
            return mail
        await asyncio.sleep(0.02)
    raise AssertionError(mail.state)


async def until_all_sent(count: int, database: Database) -> None:
    for _ in range(1_000):
        mails = await outbox.newest(database, limit=count + 1)
        if [mail.state for mail in mails] == [MailState.SENT] * count:
            return
        await asyncio.sleep(0.01)
    raise AssertionError("not all sent")


@asynccontextmanager
async def running(sender: Mailer) -> AsyncIterator[None]:
    task = asyncio.create_task(sender.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_a_link_really_is_sent(database: Database):
    postman = Postman()
    async with smtp_server(postman) as url:
        sender = mailer(database, url)
        async with running(sender):
            await sender.send_sign_in_link(link_for("ann@example.org", clock.now()))
            await until(MailState.SENT, database)

    (mail,) = postman.taken
    assert mail["To"] == "ann@example.org"
    text = mail.get_body(("plain",))
    assert text is not None
    assert "https://book.example.org/bookings/link/" in text.get_content()
    assert mail.get_body(("html",)) is not None


async def test_a_mail_that_is_refused_is_tried_again_later_and_sent_once(database: Database):
    postman = Postman(refusals=2)
    moved = timedelta(0)
    async with smtp_server(postman) as url:
        sender = mailer(database, url, lambda: clock.now() + moved)
        async with running(sender):
            await sender.send_sign_in_link(link_for("ann@example.org", clock.now()))
            for _ in range(1_000):
                if (await only_mail(database)).state is MailState.SENT:
                    break
                moved += timedelta(seconds=5)
                await asyncio.sleep(0.02)

    mail = await only_mail(database)
    assert (mail.state, mail.attempts) == (MailState.SENT, 3)
    assert len(postman.taken) == 1


async def test_a_server_that_is_not_there_ends_in_a_mail_that_failed(database: Database):
    moved = timedelta(0)
    sender = mailer(database, f"smtp://127.0.0.1:{free_port()}", lambda: clock.now() + moved)
    async with running(sender):
        await sender.send_sign_in_link(link_for("ann@example.org", clock.now()))
        for _ in range(600):
            if (await only_mail(database)).state is MailState.FAILED:
                break
            moved += timedelta(hours=2)
            await asyncio.sleep(0.02)

    assert (await only_mail(database)).state is MailState.FAILED


async def test_two_senders_send_a_mail_once(database: Database):
    postman = Postman()
    async with smtp_server(postman) as url:
        one, two = mailer(database, url), mailer(database, url)
        async with running(one), running(two):
            for _ in range(5):
                await one.send_sign_in_link(link_for("ann@example.org", clock.now()))
            await until_all_sent(5, database)

    assert len(postman.taken) == 5


async def test_without_a_server_mail_stays_in_the_outbox(database: Database):
    settings = read_settings({})
    sender = Mailer(database, environment(), settings, LinkTokens("k" * 32), clock.now)

    await sender.send_sign_in_link(link_for("ann@example.org", clock.now()))
    await sender.run()

    assert (await only_mail(database)).state is MailState.KEPT


@pytest.mark.parametrize("to", ["ann@example.org\nBcc: eve@example.org", "ann@example.org\r\nX: y"])
def test_an_address_cannot_add_headers(now, to):
    mail = Mail(
        id=ObjectId(), key="k", to=to, subject="s", text="t", html="h", created_at=now, due_at=now
    )

    with pytest.raises(ValueError, match="linefeed"):
        message_of(mail, "bookings@example.org")
