"""Serving: what a process starts before its first request, and ends after the last."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING

from jinja2 import Environment
from litestar import Litestar

from domain.admin.figures import RememberedFigures
from domain.booking.hold_limits import HoldLimit
from domain.store.core import deadlines
from domain.store.core.background import end
from domain.store.core.commands import CommandHearer
from domain.store.core.database import Database, Key, connect
from domain.store.memory.current_site import CurrentSite
from domain.store.memory.directory import Directory
from domain.store.memory.editions import Editions
from domain.store.memory.holders import Holders
from domain.store.memory.openings import Openings
from web.booking.alternatives import SharedAlternatives
from web.calendars.availability import Availabilities
from web.experts.times import TimesRenderer
from web.http import clock
from web.http.kept_pages import KeptPages
from web.http.sessions import SessionCookie
from web.http.tokens import LinkTokens
from web.jobs import garbage
from web.jobs.absences import AbsenceKeeper
from web.jobs.auditor import Auditor
from web.jobs.census import Census
from web.jobs.database_times import note_command
from web.jobs.housekeeping import Housekeeping
from web.jobs.mornings import MorningMails
from web.jobs.publisher import Publisher
from web.live import LiveFeed
from web.live.gauges import FeedGauges
from web.live.stream_limit import StreamLimit
from web.mail.letters import Letters
from web.mail.mailer import Mailer
from web.mail.sender import Sender
from web.mail.smtp import SmtpServer
from web.openid.flows import FlowCookie
from web.openid.routes import BACK
from web.services import Services
from web.settings import Settings

if TYPE_CHECKING:
    from web.openid.provider import Provider

Lifespan = Callable[[Litestar], AbstractAsyncContextManager[None]]


def serving(
    settings: Settings,
    secret_keys: Sequence[str],
    mongodb_uri: str,
    templates: Environment,
    *,
    hearers: Sequence[CommandHearer] = (),
) -> Lifespan:
    """Return what an application does while it serves: its services, the feed, mail and jobs.

    Args:
        settings: What the environment decides.
        secret_keys: Sign and encrypt cookies and links; the first is the present one.
        mongodb_uri: Where the database answers.
        templates: What pages, mails and the feed are rendered by.
        hearers: Are told of every command to the database, beside what measures them.
    """

    @asynccontextmanager
    async def lifespan(app: Litestar) -> AsyncIterator[None]:
        database = connect(
            mongodb_uri,
            timeout_ms=deadlines.ANSWER_MS,
            clock=clock.now,
            hearers=[note_command, *hearers],
        )
        housekeeping = _housekeeping(settings, database)
        services = _services(settings, secret_keys, database, housekeeping, templates)
        app.state.services = services
        await services.live.start()
        services.mailer.start()
        auditor = Auditor(database, partial(connect, mongodb_uri, clock=clock.now), clock.now)
        jobs = _start_jobs(services, housekeeping, auditor)
        if services.live.is_up:  # else the database is away: the site comes with it
            await services.site.known()
        try:
            yield
        finally:
            await services.live.stop()
            await services.alternatives.stop()
            await services.pages.stop()
            await services.mailer.stop()
            await end(*jobs)
            await database.close()

    return lifespan


def _housekeeping(settings: Settings, database: Database) -> Housekeeping:
    return Housekeeping(
        database,
        clock.now,
        retention=settings.retention,
        log_kept=settings.log_kept,
        admins=settings.admins,
    )


def _services(
    settings: Settings,
    secret_keys: Sequence[str],
    database: Database,
    housekeeping: Housekeeping,
    templates: Environment,
) -> Services:
    site = CurrentSite(database, clock=clock.now)
    availabilities = Availabilities(database, settings.public_url, site.now)
    openings, editions, holders = Openings(database), Editions(), Holders(database)
    link_tokens = LinkTokens(secret_keys)

    def note_change(expert_id: Key) -> None:
        housekeeping.note_change(expert_id)
        availabilities.forget(expert_id)

    return Services(
        settings=settings,
        secret_key=secret_keys[0],
        session_cookie=SessionCookie(secret_keys, secure=settings.is_secure),
        link_tokens=link_tokens,
        hold_limit=HoldLimit(settings.holds_per_ip),
        stream_limit=StreamLimit(settings.streams_per_ip),
        database=database,
        site=site,
        directory=Directory(database, clock=clock.now),
        openings=openings,
        editions=editions,
        holders=holders,
        templates=templates,
        pages=KeptPages(),
        live=LiveFeed(
            database,
            TimesRenderer(templates),
            clock.now,
            on_change=note_change,
            followers=[openings, editions, holders],
        ),
        mailer=_mailer(
            database,
            settings,
            Letters(templates, settings.public_url, settings.mail_from, link_tokens, site.now),
        ),
        alternatives=SharedAlternatives(),
        availabilities=availabilities,
        flow_cookie=FlowCookie(secret_keys, secure=settings.is_secure),
        provider=_provider(settings),
        figures=RememberedFigures(database),
    )


def _provider(settings: Settings) -> "Provider | None":
    if settings.openid is None:
        return None
    # Only who has a provider pays for loading what talks to it.
    from web.openid.provider import Provider  # noqa: PLC0415

    leads_back_to = f"{settings.public_url}{BACK}"
    return Provider(settings.openid, leads_back_to=leads_back_to, clock=clock.now)


def _mailer(database: Database, settings: Settings, letters: Letters) -> Mailer:
    server = SmtpServer(settings.smtp_url) if settings.smtp_url else None
    sender = Sender(database, letters, server, clock.now)
    return Mailer(database, letters, sender, clock.now)


def _start_jobs(
    services: Services, housekeeping: Housekeeping, auditor: Auditor
) -> list[asyncio.Task[None]]:
    database = services.database
    jobs = (
        database.pulse,
        services.site,
        services.directory,
        housekeeping,
        auditor,
        Publisher(database, clock.now),
        AbsenceKeeper(database, clock.now),
        MorningMails(database, clock.now),
        Census(database, clock.now),
        FeedGauges(services.live),
        garbage.Sweeper(lambda: services.live.ended),
    )
    return [asyncio.create_task(job.run()) for job in jobs]
