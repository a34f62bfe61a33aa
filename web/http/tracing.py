"""Tracing: each request and what it asks of the database, told to a collector (OpenTelemetry).

Imported only where OTEL_EXPORTER_OTLP_ENDPOINT says whom to tell: it takes a while to load. A span
has a route's pattern, never an address: addresses hold references and tokens.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from litestar.enums import ScopeType
from litestar.exceptions import HTTPException
from litestar.types import ASGIApp, Message, Receive, Scope, Send
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import OTELResourceDetector, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Span, SpanKind, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from domain.store.core.commands import Command
from web.http.request_ids import request_id_of

_TELL_WITHIN_S = 2
"""How long the collector may take: less than a worker is given to stop."""
_FIRST_FAULT = 500


class Tracing:
    """Makes the spans of one process, and sends them in the background."""

    def __init__(self) -> None:
        ours = Resource({"service.name": "expertconnect"})
        # What OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES say comes before that.
        self._provider = TracerProvider(resource=ours.merge(OTELResourceDetector().detect()))
        self._provider.add_span_processor(
            BatchSpanProcessor(OTLPSpanExporter(timeout=_TELL_WITHIN_S))
        )
        self._tracer = self._provider.get_tracer("expertconnect")
        self._propagator = TraceContextTextMapPropagator()

    @asynccontextmanager
    async def lifespan(self, _: object) -> AsyncIterator[None]:
        """Send what is left when an application ends."""
        try:
            yield
        finally:
            await asyncio.to_thread(self._provider.shutdown)

    def note_command(self, command: Command) -> None:
        """Make a span of what a request asked the database; what no request asked is left out."""
        if not trace.get_current_span().is_recording():
            return
        ended_at = time.time_ns()
        span = self._tracer.start_span(
            f"{command.operation} {command.collection}".rstrip(),
            kind=SpanKind.CLIENT,
            start_time=ended_at - int(command.seconds * 1e9),
            attributes={
                "db.system.name": "mongodb",
                "db.operation.name": command.operation,
                "db.collection.name": command.collection,
            },
        )
        if command.failed:
            span.set_status(StatusCode.ERROR)
        span.end(ended_at)

    def traced(self, app: ASGIApp) -> ASGIApp:
        """Wrap an application so that each request leaves a span when it ends."""

        async def in_span(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != ScopeType.HTTP or scope["path"].startswith("/static/"):
                await app(scope, receive, send)
                return
            carrier = {name.decode(): value.decode("latin-1") for name, value in scope["headers"]}
            with self._tracer.start_as_current_span(
                scope["method"],
                context=self._propagator.extract(carrier),
                kind=SpanKind.SERVER,
                attributes={
                    "http.request.method": scope["method"],
                    "expertconnect.request_id": request_id_of(scope),
                },
                record_exception=False,  # what an error says may hold anything
                set_status_on_exception=False,
            ) as span:
                await _answered(app, scope, receive, send, span)

        return in_span


async def _answered(app: ASGIApp, scope: Scope, receive: Receive, send: Send, span: Span) -> None:
    async def noting(message: Message) -> None:
        if message["type"] == "http.response.start":
            _note_status(span, message["status"])
        await send(message)

    try:
        await app(scope, receive, noting)
    except HTTPException as error:  # answered further out
        _note_status(span, error.status_code)
        raise
    finally:
        method = scope.get("method", "")
        if route := scope.get("path_template", ""):
            span.update_name(f"{method} {route}")
            span.set_attribute("http.route", route)


def _note_status(span: Span, status: int) -> None:
    span.set_attribute("http.response.status_code", status)
    if status >= _FIRST_FAULT:
        span.set_status(StatusCode.ERROR)
