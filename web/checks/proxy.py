"""The proxy between people and this program, judged by what arrives of a request."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult

from domain.rules.checks import Check, Checking
from domain.rules.errors import Sentence
from web.http.hosts import without_port

SCHEME = Checking(Sentence("Proxy: scheme"))
HOST = Checking(Sentence("Proxy: host"))
VISITORS = Checking(Sentence("Proxy: visitors' addresses"))
STREAMS = Checking(Sentence("Proxy: streams"))

MADE_UP = "192.0.2.99"
"""Nobody's (RFC 5737): what a visitor might claim to be."""


@dataclass(frozen=True)
class Seen:
    """What arrived of a request, and how its answer came back."""

    client: str
    scheme: str
    host: str
    headers: Mapping[str, str]
    is_streamed: bool


def judged(site: SplitResult, seen: Seen) -> Iterator[Check]:
    """Yield what is to be said of each part of a request."""
    yield _scheme(site, seen)
    yield _host(site, seen)
    yield visitors(seen)
    yield _streams(seen)


def _scheme(site: SplitResult, seen: Seen) -> Check:
    if seen.scheme == site.scheme:
        return SCHEME.ok(
            Sentence("The program knows that people come by %(scheme)s.", {"scheme": site.scheme})
        )
    return SCHEME.wrong(
        Sentence(
            "People come by %(theirs)s, and the program sees %(ours)s.",
            {"theirs": site.scheme, "ours": seen.scheme},
        ),
        Sentence(
            "Have the proxy set X-Forwarded-Proto, and name its address in FORWARDED_ALLOW_IPS."
        ),
    )


def _host(site: SplitResult, seen: Seen) -> Check:
    if without_port(seen.host) == without_port(site.netloc):
        return HOST.ok(Sentence("The program is asked as %(host)s.", {"host": site.hostname}))
    return HOST.wrong(
        Sentence("The program is asked as %(host)s.", {"host": seen.host}),
        Sentence("Have the proxy pass on Host as it came."),
    )


def visitors(seen: Seen) -> Check:
    """Say whether the program can tell visitors from each other, and from who they claim to be."""
    forwarded = seen.headers.get("x-forwarded-for", "")
    if seen.client == MADE_UP:
        return VISITORS.wrong(
            Sentence("The program believes what visitors say of their own address."),
            Sentence("Have the proxy replace X-Forwarded-For, rather than pass it on."),
        )
    if not forwarded or forwarded == MADE_UP:
        return VISITORS.wrong(
            Sentence("All visitors seem to come from %(client)s.", {"client": seen.client}),
            Sentence("Have the proxy set X-Forwarded-For to the address that asks it."),
        )
    if seen.client not in forwarded:
        return VISITORS.wrong(
            Sentence(
                "The program does not believe the proxy at %(client)s.", {"client": seen.client}
            ),
            Sentence("Name that address in FORWARDED_ALLOW_IPS."),
        )
    return VISITORS.ok(Sentence("The program sees %(client)s.", {"client": seen.client}))


def _streams(seen: Seen) -> Check:
    if seen.is_streamed:
        return STREAMS.ok(Sentence("What the program sends arrives at once."))
    return STREAMS.wrong(
        Sentence("The proxy keeps what the program sends: open pages don't change live."),
        Sentence(
            "Switch buffering off for /experts/…/live and /openings/live, as .ci/nginx.conf does."
        ),
    )
