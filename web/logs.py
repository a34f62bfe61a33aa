"""Logs: structured lines about requests, without bodies, cookies, queries or tokens."""

import logging
import time
from typing import Any

import structlog
from litestar.exceptions import HTTPException
from litestar.types import ASGIApp, Message, Receive, Scope, Send

log = structlog.get_logger()

_QUIET = frozenset({"/health/live", "/health/ready", "/metrics"})


def configure_logs(log_format: str) -> None:
    """Set the form of log lines: "json" for machines, "console" for people."""
    renderer: Any = (
        structlog.processors.JSONRenderer()
        if log_format == "json"
        else structlog.dev.ConsoleRenderer(colors=False)
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(),
        cache_logger_on_first_use=True,
    )


def request_log(app: ASGIApp) -> ASGIApp:
    """Wrap an application so that each request leaves one line when it ends.

    The line has the route's pattern, never the address itself: addresses hold references and
    tokens.
    """

    async def logged(scope: Scope, receive: Receive, send: Send) -> None:
        started = time.perf_counter()
        status = 0

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await app(scope, receive, noting)
        except HTTPException as error:  # answered further out
            status = error.status_code
            raise
        finally:
            _write(scope, status, time.perf_counter() - started)

    return logged


def _write(scope: Scope, status: int, seconds: float) -> None:
    route = scope.get("path_template", "")
    if route in _QUIET or route.startswith("/static"):
        return
    log.info(
        "request",
        method=scope.get("method"),
        route=route,
        status=status,
        ms=round(seconds * 1000, 1),
    )
