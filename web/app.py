"""The composition root: builds the application from its settings."""

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
from domain.store.core.outages import DatabaseError
from web.account import routes as account
from web.assets import routes as assets
from web.booking import routes as booking
from web.calendars import routes as calendars
from web.desk import routes as desk
from web.discovery import routes as discovery
from web.experts import routes as experts
from web.http import health
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
from web.http.logs import configure_logs, request_log
from web.http.patience import impatient
from web.http.templating import environment
from web.http.visits import provide_visit
from web.live import routes as live
from web.mail import outbox
from web.mail import routes as mail
from web.serving import serving
from web.settings import Settings
from web.waitlist import routes as waitlist

_MAX_BODY_BYTES = 64 * 1024
_GZIP_LEVEL = 4
"""Within a thirtieth of the size at 9, in less than half the time."""


def create_app(settings: Settings, secret_key: str, mongodb_uri: str) -> Litestar:
    """Build the application.

    Args:
        settings: What the environment decides.
        secret_key: Signs and encrypts cookies and links; the same in every process.
        mongodb_uri: Where the database answers.
    """
    configure_logs(settings.log_format)
    templates = environment()
    return Litestar(
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
        lifespan=[serving(settings, secret_key, mongodb_uri, templates)],
        request_max_body_size=_MAX_BODY_BYTES,
        openapi_config=None,
        logging_config=None,  # ours are configured above
    )


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
