"""Logs: structured lines, without bodies, cookies, queries, tokens or what an error says.

What a driver says of a document may hold all of it: an error is told by its type and by where it
came about, with no values and no words of its own.
"""

import logging
import sys
import time
import traceback
from collections.abc import Iterator
from typing import Any

import structlog
from litestar.exceptions import HTTPException
from litestar.types import ASGIApp, Message, Receive, Scope, Send
from structlog.typing import EventDict, WrappedLogger

log = structlog.get_logger()

_OURS = frozenset({"domain", "web", "migrations"})
_QUIET = frozenset({"/health/live", "/health/ready", "/metrics"})


def configure_logs(log_format: str) -> None:
    """Set the form of every log line, others' too: "json" for machines, "console" for people."""
    renderer: Any = (
        structlog.processors.JSONRenderer()
        if log_format == "json"
        else structlog.dev.ConsoleRenderer(colors=False)
    )
    dated: list[Any] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _without_values,
    ]
    structlog.configure(
        processors=[structlog.contextvars.merge_contextvars, *dated, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.contextvars.merge_contextvars, _in_brief, *dated],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    logging.captureWarnings(capture=True)


def _in_brief(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Name who logs; of a line that isn't ours, only its first words, and none of its values."""
    record: logging.LogRecord = event["_record"]
    event["logger"] = record.name
    if record.name.split(".")[0] not in _OURS:
        is_warning = record.name == "py.warnings" and record.args
        words = str(record.args[0] if is_warning else record.msg)  # type: ignore[index]
        event["event"] = words.partition("\n")[0]
    return event


def _without_values(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Put an error's type and trace in its place, and those of what it came from."""
    told = event.pop("exc_info", None)
    error = told if isinstance(told, BaseException) else sys.exception() if told else None
    if error is not None:
        event["error"] = type(error).__name__
        event["trace"] = [_trace(one) for one in _chain(error)]
    return event


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _trace(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    places = (f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames)
    return " > ".join([type(error).__name__, *places])


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
