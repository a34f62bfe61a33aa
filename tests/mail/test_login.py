"""Mail servers that ask for TLS and a login."""

from datetime import UTC, datetime
from typing import Any

import pytest
from aiosmtpd.smtp import AuthResult, LoginPassword

from tests.certificates import certificate, tls, trusted
from tests.mail.support import MAIL_FROM, Postman, smtp_server
from web.mail.mime import message_of
from web.mail.smtp import Answer, Outcome, SmtpServer
from web.mail.stationery import Letter

LOGIN = "post%40example.org:a%2Fword@"

__all__ = ["certificate", "tls", "trusted"]
"""The fixtures of others that tests here ask for."""


def authenticate(_server, _session, _envelope, _mechanism, data) -> AuthResult:
    good = LoginPassword(b"post@example.org", b"a/word")
    return AuthResult(success=data == good, handled=False)


def needing_login(**options: Any) -> dict[str, Any]:
    return {"authenticator": authenticate, "auth_required": True, **options}


async def answer_to(url: str) -> Outcome:
    """Hand a mail to the server at this address."""
    letter = Letter(to="ann@example.org", subject="s", text="t", html="<p>h</p>")
    now = datetime(2031, 7, 8, tzinfo=UTC)
    message = message_of(letter, sender=MAIL_FROM, key="1", now=now)

    async def begin() -> bool:
        return True

    async with SmtpServer(url, prepare_s=5).connection() as connection:
        return await connection.hand_over(message, begin=begin)


@pytest.mark.usefixtures("trusted")
async def test_a_login_goes_over_a_connection_that_was_upgraded_to_tls(tls):
    postman = Postman()
    options = needing_login(tls_context=tls, require_starttls=True)
    async with smtp_server(postman, **options) as host:
        assert (await answer_to(f"smtp://{LOGIN}{host}")).answer is Answer.ACCEPTED

    assert len(postman.taken) == 1


@pytest.mark.usefixtures("trusted")
@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
async def test_a_login_goes_over_tls_from_the_start(tls):
    postman = Postman()
    # The server's own check knows STARTTLS alone: TLS is around all of it here.
    options = needing_login(ssl_context=tls, auth_require_tls=False)
    async with smtp_server(postman, **options) as host:
        assert (await answer_to(f"smtps://{LOGIN}{host}")).answer is Answer.ACCEPTED

    assert len(postman.taken) == 1


@pytest.mark.usefixtures("trusted")
async def test_a_wrong_password_may_be_mended_so_the_mail_waits(tls):
    options = needing_login(tls_context=tls, require_starttls=True)
    async with smtp_server(Postman(), **options) as host:
        outcome = await answer_to(f"smtp://post:wrong@{host}")

    assert outcome == Outcome(Answer.NO_SERVER, "SMTPAuthenticationError")


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
async def test_a_password_is_never_sent_in_the_clear():
    seen = []

    def note(*arguments) -> AuthResult:
        seen.append(arguments)
        return AuthResult(success=True)

    options: dict[str, Any] = {"authenticator": note, "auth_require_tls": False}
    async with smtp_server(Postman(), **options) as host:
        outcome = await answer_to(f"smtp://{LOGIN}{host}")

    assert outcome.answer is Answer.NO_SERVER
    assert seen == []


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
async def test_a_login_is_not_shown_to_a_server_that_cannot_prove_its_name(tls, scheme):
    postman = Postman()
    kind = {"ssl_context": tls} if scheme == "smtps" else {"tls_context": tls}
    async with smtp_server(postman, **needing_login(**kind, auth_require_tls=False)) as host:
        outcome = await answer_to(f"{scheme}://{LOGIN}{host}")

    assert outcome.answer is Answer.NO_SERVER
    assert postman.taken == []


async def test_without_a_login_any_certificate_is_better_than_none(tls):
    postman = Postman()
    async with smtp_server(postman, tls_context=tls, require_starttls=True) as host:
        assert (await answer_to(f"smtp://{host}")).answer is Answer.ACCEPTED


async def test_an_address_with_letters_beyond_ascii_is_sent_as_the_server_takes_it():
    postman = Postman()
    async with smtp_server(postman, enable_SMTPUTF8=True) as host:
        letter = Letter(to="jürgen@bücher.example", subject="s", text="t", html="h")
        now = datetime(2031, 7, 8, tzinfo=UTC)
        message = message_of(letter, sender=MAIL_FROM, key="1", now=now)

        async def begin() -> bool:
            return True

        async with SmtpServer(f"smtp://{host}").connection() as connection:
            outcome = await connection.hand_over(message, begin=begin)

    assert outcome.answer is Answer.ACCEPTED
    assert postman.taken[0]["To"] == "jürgen@xn--bcher-kva.example"
