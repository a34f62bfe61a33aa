"""The composition root: builds the application from its settings."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

from litestar import Litestar
from litestar.config.compression import CompressionConfig
from litestar.config.csrf import CSRFConfig
from litestar.di import Provide
from litestar.exceptions import HTTPException
from litestar.middleware import DefineMiddleware
from litestar.plugins.jinja import JinjaTemplateEngine
from litestar.plugins.prometheus import PrometheusConfig
from litestar.static_files import create_static_files_router
from litestar.template import TemplateConfig

from domain.errors import Refusal
from domain.store.database import Database, Key, Unreachable, connect
from domain.store.directory import Directory
from domain.store.openings import Openings
from web import clock, garbage
from web.alternatives import SharedAlternatives
from web.answers import answer_fault, answer_http_error, answer_refusal, answer_unreachable
from web.availability import Availabilities
from web.bundles import STATIC
from web.csrf import COOKIE as CSRF_COOKIE
from web.csrf import RecoveringCSRFMiddleware
from web.handlers import (
    availability,
    booking_form,
    bookings,
    bundles,
    discovery,
    experts,
    health,
    holds,
    live,
    mails,
    outbox,
    personal_data,
    reschedule,
    waitlist,
)
from web.handlers import sign_in as sign_in_handlers
from web.headers import finish_headers
from web.housekeeping import Housekeeping
from web.limits import HoldLimit
from web.live import LiveFeed
from web.logs import configure_logs, request_log
from web.mail.letters import Letters
from web.mail.mailer import Mailer
from web.mail.sender import Sender
from web.mail.smtp import SmtpServer
from web.rendering import environment
from web.sessions import SessionCookie
from web.settings import Settings
from web.times import TimesRenderer
from web.tokens import LinkTokens
from web.visits import provide_visit

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
    secure = settings.public_url.startswith("https://")
    app = Litestar(
        route_handlers=_routes(settings),
        dependencies={"visit": Provide(provide_visit)},
        template_config=TemplateConfig(instance=JinjaTemplateEngine.from_environment(templates)),
        compression_config=CompressionConfig(
            backend="gzip", gzip_compress_level=_GZIP_LEVEL, exclude=["/live$"]
        ),
        middleware=_middleware(secret_key, secure=secure),
        exception_handlers={
            Refusal: answer_refusal,
            HTTPException: answer_http_error,
            Unreachable: answer_unreachable,
            Exception: answer_fault,
        },
        before_send=[finish_headers],
        lifespan=[_serving(settings, mongodb_uri, templates)],
        request_max_body_size=_MAX_BODY_BYTES,
        openapi_config=None,
    )
    app.state.settings = settings
    app.state.secret_key = secret_key
    app.state.session_cookie = SessionCookie(secret_key, secure=secure)
    app.state.link_tokens = LinkTokens(secret_key)
    app.state.hold_limit = HoldLimit(settings.holds_per_ip)
    app.state.outbox_is_shown = _outbox_is_shown(settings)
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
    ]


def _outbox_is_shown(settings: Settings) -> bool:
    """Say whether mail can be read at /dev/outbox: only on a machine that serves itself."""
    return settings.on_loopback and settings.smtp_url is None and settings.base_url is None


def _routes(settings: Settings) -> list[Any]:
    return [
        discovery.discovery,
        experts.expert_page,
        experts.slots_fragment,
        experts.portrait_image,
        waitlist.line_fragment,
        waitlist.join,
        waitlist.leave_line,
        waitlist.place_page,
        waitlist.take,
        waitlist.leave_place,
        availability.availability_calendar,
        availability.availability_json,
        live.live_stream,
        live.openings_stream,
        holds.hold,
        holds.extend,
        holds.leave,
        holds.resume,
        holds.release,
        booking_form.booking_form,
        booking_form.book,
        booking_form.alternatives_fragment,
        bookings.my_bookings,
        bookings.booking_page,
        bookings.cancel,
        bookings.calendar,
        mails.booking_mails,
        mails.resend_mail,
        personal_data.personal_data_page,
        personal_data.export,
        personal_data.erase,
        reschedule.reschedule_page,
        reschedule.reschedule,
        sign_in_handlers.request_link,
        sign_in_handlers.link_page,
        sign_in_handlers.use_link,
        sign_in_handlers.sign_out,
        *([outbox.show_outbox] if _outbox_is_shown(settings) else []),
        bundles.styles,
        bundles.scripts,
        health.live,
        health.ready,
        health.Metrics,
        create_static_files_router(
            "/static", directories=[STATIC], name="static", opt={"no_csrf": True}
        ),
    ]


def _serving(settings: Settings, mongodb_uri: str, templates: Any) -> Lifespan:  # noqa: ANN401 - Jinja's environment
    @asynccontextmanager
    async def serving(app: Litestar) -> AsyncIterator[None]:
        database = connect(mongodb_uri)
        directory = Directory(database, clock=clock.now)
        housekeeping = Housekeeping(database, clock.now, retention=settings.retention)
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
        tasks = [asyncio.create_task(job.run()) for job in (directory, housekeeping, sweeper)]
        try:
            yield
        finally:
            await feed.stop()
            await app.state.alternatives.stop()
            await mailer.stop()
            for task in tasks:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task
            await database.close()

    return serving


def _mailer(database: Database, settings: Settings, letters: Letters) -> Mailer:
    server = SmtpServer(settings.smtp_url) if settings.smtp_url else None
    sender = Sender(database, letters, server, settings.mail_from, clock.now)
    return Mailer(database, letters, sender, clock.now)
