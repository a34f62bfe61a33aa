"""The composition root: builds the application from its settings."""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from litestar import Litestar, Router
from litestar.config.compression import CompressionConfig
from litestar.di import Provide
from litestar.exceptions import HTTPException
from litestar.plugins.jinja import JinjaTemplateEngine
from litestar.plugins.prometheus import PrometheusConfig
from litestar.template import TemplateConfig

from domain.rules.errors import ExpertMoved, Refusal, Unconfirmed
from domain.store.core.outages import DatabaseError
from web.account import routes as account
from web.admin import routes as admin
from web.assets import routes as assets
from web.booking import routes as booking
from web.calendars import routes as calendars
from web.checks import seen
from web.desk import routes as desk
from web.discovery import routes as discovery
from web.experts import routes as experts
from web.http import health
from web.http.alike import COMPRESSES_ITSELF
from web.http.answers import (
    answer_database_error,
    answer_fault,
    answer_http_error,
    answer_move,
    answer_refusal,
    answer_silence,
)
from web.http.bodies import GZIP_LEVEL
from web.http.deferred import doing_what_is_deferred
from web.http.headers import finish_headers
from web.http.hosts import knowing_its_hosts
from web.http.logs import configure_logs, request_log
from web.http.origins import refusing_foreign_forms
from web.http.patience import impatient
from web.http.templating import environment
from web.http.visits import provide_visit
from web.live import routes as live
from web.mail import outbox
from web.mail import routes as mail
from web.openid import routes as openid
from web.serving import serving
from web.settings import Settings
from web.site import routes as site
from web.waitlist import routes as waitlist

if TYPE_CHECKING:
    from web.http.tracing import Tracing

_MAX_BODY_BYTES = 64 * 1024


def create_app(settings: Settings, secret_keys: Sequence[str], mongodb_uri: str) -> Litestar:
    """Build the application.

    Args:
        settings: What the environment decides.
        secret_keys: Sign and encrypt cookies and links; the same in every process. The first is
            used for new ones, all for those that come back.
        mongodb_uri: Where the database answers.
    """
    configure_logs(settings.log_format)
    templates = environment()
    tracing = _tracing(settings)
    return Litestar(
        route_handlers=_routers(settings),
        dependencies={"visit": Provide(provide_visit)},
        template_config=TemplateConfig(instance=JinjaTemplateEngine.from_environment(templates)),
        compression_config=CompressionConfig(
            backend="gzip",
            gzip_compress_level=GZIP_LEVEL,
            exclude=["/live$"],
            exclude_opt_key=COMPRESSES_ITSELF,
        ),
        middleware=[*([tracing.traced] if tracing else []), *_middleware(settings)],
        exception_handlers={
            Refusal: answer_refusal,
            ExpertMoved: answer_move,
            HTTPException: answer_http_error,
            Unconfirmed: answer_silence,
            DatabaseError: answer_database_error,
            Exception: answer_fault,
        },
        before_send=[finish_headers],
        lifespan=[
            *([tracing.lifespan] if tracing else []),
            serving(
                settings,
                secret_keys,
                mongodb_uri,
                templates,
                hearers=[tracing.note_command] if tracing else [],
            ),
        ],
        request_max_body_size=_MAX_BODY_BYTES,
        openapi_config=None,
        logging_config=None,  # ours are configured above
    )


def _tracing(settings: Settings) -> "Tracing | None":
    if settings.otlp_endpoint is None:
        return None
    # Only who traces pays for loading what it takes.
    from web.http.tracing import Tracing  # noqa: PLC0415

    return Tracing()


def _middleware(settings: Settings) -> list[Any]:
    metrics = PrometheusConfig(
        app_name="expertconnect", prefix="expertconnect", group_path=True, exclude=["/static"]
    )
    return [
        request_log,
        metrics.middleware,
        doing_what_is_deferred,
        partial(knowing_its_hosts, hosts=settings.allowed_hosts),
        partial(refusing_foreign_forms, public_url=settings.public_url),
        partial(impatient, answer=answer_silence),
    ]


def _routers(settings: Settings) -> list[Router]:
    """Return what each feature answers to."""
    return [
        discovery.router,
        experts.router,
        booking.router,
        account.router,
        openid.router,
        desk.router,
        desk.newcomers,
        admin.router,
        admin.entrance,
        waitlist.router,
        calendars.router,
        mail.router,
        *([outbox.router] if settings.shows_outbox else []),
        live.router,
        seen.router,
        site.router,
        assets.router,
        health.router,
    ]
