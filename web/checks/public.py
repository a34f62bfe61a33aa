"""The public address: what becomes of a request between people and this program."""

import json
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import Any
from urllib.parse import SplitResult, quote, urlsplit

from domain.rules.checks import Check, Checking
from domain.rules.errors import Sentence
from web.checks.proxy import MADE_UP, Seen, judged
from web.checks.seen import BETWEEN_S, PATH

ADDRESS = Checking(Sentence("Public address"))
PROTOCOL = Checking(Sentence("Proxy: HTTP/2"))
METRICS = Checking(Sentence("Proxy: metrics"))

_PATIENCE_S = 10.0
_OK, _MISDIRECTED = 200, 421


class Unanswered(Exception):  # noqa: N818 - a state, not an error
    """Nobody answers as the program does; the check says why."""

    def __init__(self, check: Check) -> None:
        super().__init__(str(check.finding))
        self.check = check


def look_at_public(url: str, token: str, trust: ssl.SSLContext | None = None) -> Iterator[Check]:
    """Ask the public address what the program sees of a request.

    Args:
        url: The address that people use.
        token: What the program knows us by.
        trust: Which certificates count; this host's own by default.
    """
    site = urlsplit(url)
    context = trust or ssl.create_default_context()
    try:
        seen = _ask(site, token, context)
    except Unanswered as trouble:
        yield trouble.check
        return
    yield ADDRESS.ok(Sentence("%(url)s is answered by this program.", {"url": url}))
    yield from judged(site, seen)
    if site.scheme == "https":
        yield _protocol(site, context)
    yield _metrics(site, context)


def _connection(site: SplitResult, context: ssl.SSLContext) -> HTTPConnection:
    host = site.hostname or ""
    if site.scheme == "https":
        return HTTPSConnection(host, site.port, timeout=_PATIENCE_S, context=context)
    return HTTPConnection(host, site.port, timeout=_PATIENCE_S)


def _ask(site: SplitResult, token: str, context: ssl.SSLContext) -> Seen:
    try:
        with closing(_connection(site, context)) as connection:
            path = f"{PATH}?token={quote(token)}"
            connection.request("GET", path, headers={"X-Forwarded-For": MADE_UP})
            return _read(connection.getresponse())
    except ssl.SSLCertVerificationError as error:
        raise Unanswered(_untrusted(error)) from error
    except (OSError, HTTPException) as error:
        raise Unanswered(_silent(error)) from error


def _another(status: int) -> Check:
    return ADDRESS.wrong(
        Sentence(
            "Something else answers (%(status)s), or this program under another SECRET_KEY.",
            {"status": status},
        ),
        Sentence("Run this under the settings that the program serves with."),
    )


def _untrusted(error: ssl.SSLCertVerificationError) -> Check:
    return ADDRESS.wrong(
        Sentence("The certificate does not count: %(why)s.", {"why": error.verify_message}),
        Sentence("Renew it, or give the proxy the one for this name with its whole chain."),
    )


def _silent(error: Exception) -> Check:
    return ADDRESS.wrong(
        Sentence("Nobody answers (%(why)s).", {"why": getattr(error, "strerror", None) or error}),
        Sentence("Check the name, that the proxy runs, and that a firewall lets its port through."),
    )


def _read(answer: HTTPResponse) -> Seen:
    """Read the answer's two parts; if the first was kept on the way, they come at once."""
    if answer.status == _MISDIRECTED:
        raise Unanswered(
            ADDRESS.wrong(
                Sentence("The program does not know the host name that the proxy passes on."),
                Sentence("Have the proxy pass on Host as it came, or name it in ALLOWED_HOSTS."),
            )
        )
    first = answer.readline()
    came_at = time.monotonic()
    answer.read()
    is_streamed = time.monotonic() - came_at > BETWEEN_S / 2
    try:
        told: dict[str, Any] = json.loads(first.removeprefix(b"data: "))
        return Seen(**told, is_streamed=is_streamed)
    except (ValueError, TypeError) as error:
        raise Unanswered(_another(answer.status)) from error


def _protocol(site: SplitResult, context: ssl.SSLContext) -> Check:
    context.set_alpn_protocols(["h2", "http/1.1"])
    where = (site.hostname or "", site.port or 443)
    with (
        socket.create_connection(where, _PATIENCE_S) as plain,
        context.wrap_socket(plain, server_hostname=site.hostname) as secure,
    ):
        agreed = secure.selected_alpn_protocol()
    if agreed == "h2":
        return PROTOCOL.ok(Sentence("The proxy offers it."))
    return PROTOCOL.warning(
        Sentence("The proxy offers HTTP/1.1 only: a browser shows six live pages, and no more."),
        Sentence("Switch HTTP/2 on."),
    )


def _metrics(site: SplitResult, context: ssl.SSLContext) -> Check:
    context.set_alpn_protocols(["http/1.1"])
    with closing(_connection(site, context)) as connection:
        connection.request("GET", "/metrics")
        status = connection.getresponse().status
    if status == _OK:
        return METRICS.wrong(
            Sentence("Everybody can read /metrics."),
            Sentence("Have the proxy answer /metrics with 404, as .ci/nginx.conf does."),
        )
    return METRICS.ok(Sentence("Nobody outside reads /metrics."))
