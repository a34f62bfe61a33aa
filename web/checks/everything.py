"""All that can be checked without sending anything to anybody."""

from collections.abc import AsyncIterator, Iterator
from datetime import datetime

from domain.rules.checks import Check, Checking
from domain.rules.errors import Sentence
from domain.store.checks.server import look_at_server
from domain.store.checks.shape import look_at_shape
from domain.store.core.database import Database, DatabaseError
from web.checks.letters import MAIL
from web.checks.machine import look_at_machine
from web.checks.setup import look_at_settings
from web.checks.zones import look_at_zones
from web.mail.server_watch import ServerWatch
from web.settings import Settings

DATABASE = Checking(Sentence("Database"))


def look_at_host(settings: Settings, now: datetime) -> Iterator[Check]:
    """Yield the checks that need no database."""
    yield from look_at_settings(settings)
    yield from look_at_machine(settings.data_dir)
    yield look_at_zones(now)


def look_at_mail(settings: Settings, watch: ServerWatch) -> Iterator[Check]:
    """Yield what sending has found out about the mail server, where there is one."""
    if settings.smtp_url is None:
        return
    if watch.since is None:
        yield MAIL.ok(Sentence("The mail server takes what is sent, or was not needed yet."))
        return
    told = {"since": f"{watch.since:%Y-%m-%d %H:%M} UTC", "why": watch.reason}
    yield MAIL.wrong(
        Sentence("Mail has waited since %(since)s (%(why)s).", told),
        Sentence("Run on its host: just doctor --mail ADDRESS"),
    )


async def look_at_database(database: Database, *, writing: bool) -> AsyncIterator[Check]:
    """Yield the checks of a database; one that stops answering is one, too.

    Args:
        database: What to look at.
        writing: Whether to find out how long a write takes.
    """
    try:
        async for check in look_at_server(database, writing=writing):
            yield check
        async for check in look_at_shape(database):
            yield check
    except DatabaseError as error:
        yield DATABASE.wrong(
            Sentence("It refuses, or does not answer (%(why)s).", {"why": type(error).__name__}),
            Sentence("Look at its log, and run: just doctor"),
        )
