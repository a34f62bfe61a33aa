"""Serving: what a process starts before its first request, and ends after the last."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from jinja2 import Environment
from litestar import Litestar

from domain.hold_limits import HoldLimit
from domain.store.core import deadlines
from domain.store.core.background import end
from domain.store.core.database import Database, Key, connect
from domain.store.memory.directory import Directory
from domain.store.memory.openings import Openings
from web.booking.alternatives import SharedAlternatives
from web.calendars.availability import Availabilities
from web.experts.times import TimesRenderer
from web.http import clock
from web.http.sessions import SessionCookie
from web.http.tokens import LinkTokens
from web.jobs import garbage
from web.jobs.absences import AbsenceKeeper
from web.jobs.housekeeping import Housekeeping
from web.jobs.mornings import MorningMails
from web.jobs.publisher import Publisher
from web.live import LiveFeed
from web.live.stream_limit import StreamLimit
from web.mail.letters import Letters
from web.mail.mailer import Mailer
from web.mail.sender import Sender
from web.mail.smtp import SmtpServer
from web.services import Services
from web.settings import Settings

Lifespan = Callable[[Litestar], AbstractAsyncContextManager[None]]


def serving(
    settings: Settings, secret_key: str, mongodb_uri: str, templates: Environment
) -> Lifespan:
    """Return what an application does while it serves: its services, the feed, mail and jobs."""

    @asynccontextmanager
    async def lifespan(app: Litestar) -> AsyncIterator[None]:
        database = connect(mongodb_uri, timeout_ms=deadlines.ANSWER_MS, clock=clock.now)
        housekeeping = Housekeeping(database, clock.now, retention=settings.retention)
        services = _services(settings, secret_key, database, housekeeping, templates)
        app.state.services = services
        await services.live.start()
        services.mailer.start()
        jobs = _start_jobs(services, housekeeping)
        try:
            yield
        finally:
            await services.live.stop()
            await services.alternatives.stop()
            await services.mailer.stop()
            await end(*jobs)
            await database.close()

    return lifespan


def _services(
    settings: Settings,
    secret_key: str,
    database: Database,
    housekeeping: Housekeeping,
    templates: Environment,
) -> Services:
    availabilities = Availabilities(database, settings.public_url)
    openings = Openings(database)
    link_tokens = LinkTokens(secret_key)

    def note_change(expert_id: Key) -> None:
        housekeeping.note_change(expert_id)
        availabilities.forget(expert_id)

    return Services(
        settings=settings,
        secret_key=secret_key,
        session_cookie=SessionCookie(secret_key, secure=settings.is_secure),
        link_tokens=link_tokens,
        hold_limit=HoldLimit(settings.holds_per_ip),
        stream_limit=StreamLimit(settings.streams_per_ip),
        database=database,
        directory=Directory(database, clock=clock.now),
        openings=openings,
        live=LiveFeed(
            database,
            TimesRenderer(templates),
            clock.now,
            on_change=note_change,
            followers=[openings],
        ),
        mailer=_mailer(
            database,
            settings,
            Letters(templates, settings.public_url, settings.mail_from, link_tokens),
        ),
        alternatives=SharedAlternatives(),
        availabilities=availabilities,
    )


def _mailer(database: Database, settings: Settings, letters: Letters) -> Mailer:
    server = SmtpServer(settings.smtp_url) if settings.smtp_url else None
    sender = Sender(database, letters, server, settings.mail_from, clock.now)
    return Mailer(database, letters, sender, clock.now)


def _start_jobs(services: Services, housekeeping: Housekeeping) -> list[asyncio.Task[None]]:
    database = services.database
    jobs = (
        database.pulse,
        services.directory,
        housekeeping,
        Publisher(database, clock.now),
        AbsenceKeeper(database, clock.now),
        MorningMails(database, clock.now),
        garbage.Sweeper(lambda: services.live.ended),
    )
    return [asyncio.create_task(job.run()) for job in jobs]
