"""Traces: what a collector is told of a request, and what not."""

import gzip
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from tests.servers import start_server
from tests.web.visitors import visitor

PARENT = ("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331")


class Collector(ThreadingHTTPServer):
    """A collector that keeps what it is told."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Endpoint)
        self.told: list[ExportTraceServiceRequest] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def spans(self, name: str) -> list[Span]:
        return [
            span
            for request in self.told
            for resource in request.resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
            if span.name == name
        ]


class _Endpoint(BaseHTTPRequestHandler):
    server: Collector

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        assert self.path == "/v1/traces"
        self.server.told.append(ExportTraceServiceRequest.FromString(body))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def collector() -> Iterator[Collector]:
    with Collector() as running:
        Thread(target=running.serve_forever).start()
        try:
            yield running
        finally:
            running.shutdown()


def attributes(span: Span) -> dict[str, str | int]:
    return {a.key: a.value.string_value or a.value.int_value for a in span.attributes}


async def test_a_request_is_told_with_what_it_asked_the_database_and_nothing_of_whom_it_is_about(
    collector: Collector, database_uri: str
):
    settings = {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.url, "LOG_FORMAT": "json"}
    with start_server(database_uri, **settings) as server:
        async with visitor(server.url) as ann:
            traced = {"traceparent": f"00-{PARENT[0]}-{PARENT[1]}-01"}
            page = await ann.get("/bookings/ABCDEFGHJKMN?email=ann@example.org", headers=traced)
        server.stop()  # it tells what is left
        lines = [json.loads(line) for line in server.output.splitlines()]

    (request,) = collector.spans("GET /bookings/{reference}")
    assert (request.trace_id.hex(), request.parent_span_id.hex()) == PARENT
    assert attributes(request) == {
        "http.request.method": "GET",
        "http.route": "/bookings/{reference}",
        "http.response.status_code": 404,
        "expertconnect.request_id": page.headers["X-Request-ID"],
    }
    (asked,) = [
        span for span in collector.spans("find bookings") if span.trace_id == request.trace_id
    ]
    assert asked.parent_span_id == request.span_id
    assert request.start_time_unix_nano <= asked.start_time_unix_nano
    assert asked.end_time_unix_nano <= request.end_time_unix_nano
    assert asked.status.code != Status.STATUS_CODE_ERROR
    (resource,) = {r.resource.SerializeToString() for t in collector.told for r in t.resource_spans}
    assert b"expertconnect" in resource
    assert b"ABCDEFGHJKMN" not in b"".join(t.SerializeToString() for t in collector.told)
    ids = {line["request_id"] for line in lines if line["event"] == "request"}
    assert page.headers["X-Request-ID"] in ids


def test_without_a_collector_nothing_that_tells_one_is_loaded():
    code = (
        "import sys, web.app, web.settings\n"
        "web.app.create_app(web.settings.read_settings({}), 'x' * 40, 'mongodb://127.0.0.1/')\n"
        "print(*sys.modules)"
    )

    told = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    loaded = told.stdout.decode().split()

    assert "web.app" in loaded
    assert [m for m in loaded if re.match(r"opentelemetry\.(sdk|exporter)", m)] == []
