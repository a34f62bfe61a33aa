"""What is said of a letter that the mail server does not take: each trouble on a real server."""

from datetime import UTC, datetime
from typing import Any

import pytest
from aiosmtpd.smtp import AuthResult

from domain.rules.checks import Check, CheckState
from tests.certificates import certificate, tls, trusted
from tests.mail.support import MAIL_FROM, Postman, smtp_server
from tests.servers import free_port
from web.checks.letters import send_letter
from web.mail.mime import message_of
from web.mail.smtp import SmtpServer
from web.mail.stationery import Letter

__all__ = ["certificate", "tls", "trusted"]
"""The fixtures of others that tests here ask for."""

REFUSES_ALL = AuthResult(success=False, handled=False)

pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")


async def sent_to(url: str, to: str = "ann@example.org") -> Check:
    letter = Letter(to=to, subject="s", text="t", html="<p>h</p>")
    now = datetime(2031, 7, 8, tzinfo=UTC)
    message = message_of(letter, sender=MAIL_FROM, key="1", now=now)
    return await send_letter(SmtpServer(url, prepare_s=5), message)


def said(check: Check) -> str:
    assert check.state is CheckState.WRONG
    assert check.advice is not None
    return f"{check.finding} {check.advice}"


async def test_a_letter_that_is_taken_is_fine():
    postman = Postman()
    async with smtp_server(postman) as host:
        check = await sent_to(f"smtp://{host}")

    assert (check.state, postman.recipients) == (CheckState.OK, ["ann@example.org"])


async def test_a_letter_goes_to_an_address_with_letters_beyond_ascii():
    postman = Postman()
    async with smtp_server(postman, enable_SMTPUTF8=True) as host:
        assert (await sent_to(f"smtp://{host}", "jürgen@example.org")).state is CheckState.OK

    assert postman.recipients == ["jürgen@example.org"]


async def test_a_host_that_does_not_exist_is_named():
    found = said(await sent_to("smtp://mail.invalid:25"))

    assert "There is no host mail.invalid." in found


async def test_a_port_at_which_nobody_listens_is_named():
    port = free_port()

    assert f"localhost takes no connections at port {port}." in said(
        await sent_to(f"smtp://localhost:{port}")
    )


async def test_a_server_without_tls_is_told_from_one_with_a_certificate_that_does_not_count(tls):
    async with smtp_server(Postman()) as host:
        plain = said(await sent_to(f"smtps://{host}"))
        no_upgrade = said(await sent_to(f"smtp://me:word@{host}"))
    async with smtp_server(Postman(), ssl_context=tls) as host:
        unknown = said(await sent_to(f"smtps://{host}"))
    async with smtp_server(Postman(), tls_context=tls) as host:
        unknown_later = said(await sent_to(f"smtp://me:word@{host}"))

    assert "does not speak TLS at port" in plain
    assert "offers no TLS, and a password is never sent without." in no_upgrade
    for found in (unknown, unknown_later):
        assert "The certificate of localhost does not count: self-signed certificate." in found


@pytest.mark.usefixtures("trusted")
async def test_a_login_that_is_refused_is_told_with_what_the_server_says(tls):
    options: dict[str, Any] = {
        "tls_context": tls,
        "require_starttls": True,
        "authenticator": lambda *_: REFUSES_ALL,
        "auth_required": True,
    }
    async with smtp_server(Postman(), **options) as host:
        found = said(await sent_to(f"smtp://me:word@{host}"))

    assert "localhost refuses the login: 535" in found
    assert "%2F %3A %40" in found
    assert "word" not in found.replace("password", "")


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ({"at_mail": ["553 not yours"]}, "refuses the sender bookings@example.org: 553 not yours."),
        ({"at_rcpt": ["550 no relay"]}, "refuses the recipient ann@example.org: 550 no relay."),
        ({"at_data": ["554 spam"]}, "refuses the letter: 554 spam."),
    ],
)
async def test_a_refusal_is_told_with_what_was_refused(answers: dict[str, Any], words: str):
    async with smtp_server(Postman(**answers)) as host:
        assert words in said(await sent_to(f"smtp://{host}"))
