"""The composition root: builds the application from its settings."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

from litestar import Litestar, Router
from litestar.config.compression import CompressionConfig
from litestar.config.csrf import CSRFConfig
from litestar.di import Provide
from litestar.exceptions import HTTPException
from litestar.middleware import DefineMiddleware
from litestar.plugins.jinja import JinjaTemplateEngine
from litestar.plugins.prometheus import PrometheusConfig
from litestar.template import TemplateConfig

from domain.rules.errors import ExpertMoved, Refusal, Unconfirmed
from domain.store.core import deadlines
from domain.store.core.background import end
from domain.store.core.database import Database, Key, connect
from domain.store.core.outages import DatabaseError
from domain.store.memory.directory import Directory
from domain.store.memory.openings import Openings
from web.account import routes as account
from web.assets import routes as assets
from web.booking import routes as booking
from web.booking.alternatives import SharedAlternatives
from web.calendars import routes as calendars
from web.calendars.availability import Availabilities
from web.desk import routes as desk
from web.discovery import routes as discovery
from web.experts import routes as experts
from web.experts.times import TimesRenderer
from web.http import clock, health
from web.http.answers import (
    answer_database_error,
    answer_fault,
    answer_http_error,
    answer_move,
    answer_refusal,
    answer_silence,
)
from web.http.csrf import COOKIE as CSRF_COOKIE
from web.http.csrf import RecoveringCSRFMiddleware
from web.http.headers import finish_headers
from web.http.limits import HoldLimit
from web.http.logs import configure_logs, request_log
from web.http.patience import impatient
from web.http.rendering import environment
from web.http.sessions import SessionCookie
from web.http.tokens import LinkTokens
from web.http.visits import provide_visit
from web.jobs import garbage
from web.jobs.absences import AbsenceKeeper
from web.jobs.housekeeping import Housekeeping
from web.jobs.mornings import MorningMails
from web.jobs.publisher import Publisher
from web.live import LiveFeed
from web.live import routes as live
from web.mail import outbox
from web.mail import routes as mail
from web.mail.letters import Letters
from web.mail.mailer import Mailer
from web.mail.sender import Sender
from web.mail.smtp import SmtpServer
from web.settings import Settings
from web.waitlist import routes as waitlist

_MAX_BODY_BYTES = 64 * 1024
_GZIP_LEVEL = 4
"""Within a thirtieth of the size at 9, in less than half the time."""

Lifespan = Callable[[Litestar], Any]


def create_app(settings: Settings, secret_key: str, mongodb_uri: str) -> Litestar:
    """Build the application.

    Args:
        settings: What the environment decides.
        secret_key: Signs and encrypts cookies and links; the same in every process.
        mongodb_uri: Where the database answers.
    """
    configure_logs(settings.log_format)
    templates = environment()
    app = Litestar(
        route_handlers=_routers(settings),
        dependencies={"visit": Provide(provide_visit)},
        template_config=TemplateConfig(instance=JinjaTemplateEngine.from_environment(templates)),
        compression_config=CompressionConfig(
            backend="gzip", gzip_compress_level=_GZIP_LEVEL, exclude=["/live$"]
        ),
        middleware=_middleware(secret_key, secure=settings.is_secure),
        exception_handlers={
            Refusal: answer_refusal,
            ExpertMoved: answer_move,
            HTTPException: answer_http_error,
            Unconfirmed: answer_silence,
            DatabaseError: answer_database_error,
            Exception: answer_fault,
        },
        before_send=[finish_headers],
        lifespan=[_serving(settings, mongodb_uri, templates)],
        request_max_body_size=_MAX_BODY_BYTES,
        openapi_config=None,
        logging_config=None,  # ours are configured above
    )
    app.state.settings = settings
    app.state.secret_key = secret_key
    app.state.session_cookie = SessionCookie(secret_key, secure=settings.is_secure)
    app.state.link_tokens = LinkTokens(secret_key)
    app.state.hold_limit = HoldLimit(settings.holds_per_ip)
    app.state.outbox_is_shown = settings.shows_outbox
    return app


def _middleware(secret_key: str, *, secure: bool) -> list[Any]:
    csrf = CSRFConfig(
        secret=secret_key,
        cookie_name=CSRF_COOKIE,
        cookie_secure=secure,
        cookie_httponly=True,
        exclude_from_csrf_key="no_csrf",
    )
    metrics = PrometheusConfig(
        app_name="expertconnect", prefix="expertconnect", group_path=True, exclude=["/static"]
    )
    return [
        request_log,
        metrics.middleware,
        DefineMiddleware(RecoveringCSRFMiddleware, config=csrf),
        partial(impatient, answer=answer_silence),
    ]


def _routers(settings: Settings) -> list[Router]:
    """Return what each feature answers to."""
    return [
        discovery.router,
        experts.router,
        booking.router,
        account.router,
        desk.router,
        desk.newcomers,
        waitlist.router,
        calendars.router,
        mail.router,
        *([outbox.router] if settings.shows_outbox else []),
        live.router,
        assets.router,
        health.router,
    ]


def _serving(settings: Settings, mongodb_uri: str, templates: Any) -> Lifespan:  # noqa: ANN401 - Jinja's environment
    @asynccontextmanager
    async def serving(app: Litestar) -> AsyncIterator[None]:
        database = connect(mongodb_uri, timeout_ms=deadlines.ANSWER_MS, clock=clock.now)
        directory = Directory(database, clock=clock.now)
        housekeeping = Housekeeping(database, clock.now, retention=settings.retention)
        publisher = Publisher(database, clock.now)
        absences = AbsenceKeeper(database, clock.now)
        mornings = MorningMails(database, clock.now)
        availabilities = Availabilities(database, settings.public_url)

        def note_change(expert_id: Key) -> None:
            housekeeping.note_change(expert_id)
            availabilities.forget(expert_id)

        openings = Openings(database)
        feed = LiveFeed(
            database,
            TimesRenderer(templates),
            clock.now,
            on_change=note_change,
            followers=[openings],
        )
        letters = Letters(templates, settings.public_url, settings.mail_from, app.state.link_tokens)
        mailer = _mailer(database, settings, letters)
        app.state.database, app.state.directory = database, directory
        app.state.openings = openings
        app.state.live, app.state.mailer = feed, mailer
        app.state.alternatives = SharedAlternatives()
        app.state.availabilities = availabilities
        sweeper = garbage.Sweeper(lambda: feed.ended)
        await feed.start()
        mailer.start()
        tasks = [
            asyncio.create_task(job.run())
            for job in (
                *(database.pulse, directory, housekeeping),
                *(publisher, absences, mornings, sweeper),
            )
        ]
        try:
            yield
        finally:
            await feed.stop()
            await app.state.alternatives.stop()
            await mailer.stop()
            await end(*tasks)
            await database.close()

    return serving


def _mailer(database: Database, settings: Settings, letters: Letters) -> Mailer:
    server = SmtpServer(settings.smtp_url) if settings.smtp_url else None
    sender = Sender(database, letters, server, settings.mail_from, clock.now)
    return Mailer(database, letters, sender, clock.now)
