"""The doctor: looks at everything that can be wrong with an installation, and says what to do."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

from domain.rules.checks import Check, CheckState
from domain.rules.errors import Sentence
from domain.store.core.database import connect
from web.checks.everything import DATABASE, look_at_database, look_at_host
from web.checks.letters import MAIL, send_letter
from web.checks.names import look_at_names
from web.checks.public import look_at_public
from web.checks.seen import token_of
from web.checks.setup import LOCAL
from web.console import Trouble, say
from web.http import clock
from web.mail.mime import message_of
from web.mail.smtp import SmtpServer
from web.mail.stationery import Letter
from web.openid.checks import look_at_provider
from web.server.keys import kept_secret_key
from web.server.launcher import ground
from web.settings import Settings

_TEXT = "This is the letter that you asked for with: just doctor --mail\n"


@dataclass(frozen=True)
class Examination:
    """What to look at beside what is always looked at."""

    mail: str | None = None
    """Whom to send a letter to."""
    url: str | None = None
    """The public address to ask."""


def examine(settings: Settings, asked: Examination) -> bool:
    """Say how everything is; False if anything is wrong."""
    is_well = True
    for check in _checks(settings, asked):
        is_well = is_well and check.state is not CheckState.WRONG
        say(f"{check.state:<8} {check.name}: {check.finding}")
        if check.advice:
            say(f"{'':<8} {check.advice}")
    return is_well


def _checks(settings: Settings, asked: Examination) -> Iterator[Check]:
    yield from look_at_host(settings, clock.now())
    yield from _of_database(settings)
    if settings.openid:
        yield asyncio.run(look_at_provider(settings.openid, settings.public_url))
    if asked.mail:
        yield from asyncio.run(_all(_of_mail(settings, asked.mail)))
    if asked.url:
        keys = settings.secret_keys or (kept_secret_key(settings.data_dir),)
        yield from look_at_public(asked.url, token_of(keys, clock.now()))


def _of_database(settings: Settings) -> list[Check]:
    if settings.mongodb_uri is None and not settings.data_dir.exists():
        return [DATABASE.ok(Sentence("There is none yet: the first start makes it."))]
    try:
        with ground(settings, share=True) as place:
            return asyncio.run(_look(place.uri))
    except Trouble as trouble:
        said = Sentence("%(trouble)s", {"trouble": trouble})
        return [DATABASE.wrong(said, Sentence("Nothing works without it. Begin here."))]


async def _look(uri: str) -> list[Check]:
    database = connect(uri, clock=clock.now)
    try:
        return await _all(look_at_database(database, writing=True))
    finally:
        await database.close()


async def _all(checks: AsyncIterator[Check]) -> list[Check]:
    return [check async for check in checks]


async def _of_mail(settings: Settings, to: str) -> AsyncIterator[Check]:
    if settings.smtp_url is None:
        yield MAIL.wrong(
            Sentence("SMTP_URL is not set: mail stays at /dev/outbox."),
            Sentence("Set SMTP_URL to send mail."),
        )
        return
    letter = Letter(to=to, subject="ExpertConnect: just doctor", text=_TEXT, html=f"<p>{_TEXT}</p>")
    now = clock.now()
    key = f"doctor-{now.timestamp():.0f}"
    message = message_of(letter, sender=settings.mail_from, key=key, now=now)
    yield await send_letter(SmtpServer(settings.smtp_url), message)
    if settings.mail_from.domain not in LOCAL:
        async for check in look_at_names(settings.mail_from.domain):
            yield check
