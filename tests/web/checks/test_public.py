"""What is said of the way between people and the program, by proxies that do it right and wrong."""

import ssl
from pathlib import Path

import pytest

from domain.rules.checks import Check, CheckState
from tests.proxies import nginx
from tests.servers import SECRET_KEY, Server, free_port
from tests.web.conftest import Site
from tests.web.visitors import Visitor
from web.checks.proxy import MADE_UP, Seen, visitors
from web.checks.public import look_at_public
from web.checks.seen import PATH, token_of
from web.http import clock

SHARES_SITE = True

OK, WARNING, WRONG = CheckState
TRIES = 5
SLOPPY = {
    "ssl http2;": "ssl;",
    "proxy_set_header X-Forwarded-For $remote_addr;": "",
    "proxy_set_header X-Forwarded-Proto $scheme;": "",
    "proxy_set_header Host $http_host;": "proxy_set_header Host localhost;",
    "proxy_buffering off;": "proxy_buffering on; proxy_ignore_headers X-Accel-Buffering;",
}


@pytest.fixture
def believing() -> ssl.SSLContext:
    """Every certificate counts."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def port_of(server: Server) -> int:
    return int(server.url.rpartition(":")[2])


def states_of(url: str, trust: ssl.SSLContext) -> dict[str, CheckState]:
    """Look until streams arrive at once: a busy machine may be late itself."""
    for _ in range(TRIES):
        states = found(url, trust)
        if states["Proxy: streams"] is OK:
            break
    return states


def found(url: str, trust: ssl.SSLContext | None = None, token: str = "") -> dict[str, CheckState]:
    token = token or token_of([SECRET_KEY], clock.now())
    return {str(check.name): check.state for check in look_at_public(url, token, trust)}


def test_our_own_file_for_a_proxy_is_fine(site: Site, tmp_path: Path, believing: ssl.SSLContext):
    with nginx(tmp_path, server_port=port_of(site.server)) as url:
        states = states_of(url, believing)

        assert found(url) == {"Public address": WRONG}  # nobody knows that certificate
        assert found(url, believing, token="forged") == {"Public address": WRONG}
    assert states == {
        "Public address": OK,
        "Proxy: scheme": OK,
        "Proxy: host": OK,
        "Proxy: visitors' addresses": OK,
        "Proxy: streams": OK,
        "Proxy: HTTP/2": OK,
        "Proxy: metrics": OK,
    }


def test_a_proxy_that_hides_people_and_keeps_streams_back_is_found_out(
    site: Site, tmp_path: Path, believing: ssl.SSLContext
):
    with nginx(tmp_path, server_port=port_of(site.server), instead=SLOPPY) as url:
        states = found(url, believing)

    assert states == {
        "Public address": OK,
        "Proxy: scheme": WRONG,
        "Proxy: host": WRONG,
        "Proxy: visitors' addresses": WRONG,
        "Proxy: streams": WRONG,
        "Proxy: HTTP/2": WARNING,
        "Proxy: metrics": OK,
    }


def test_an_address_at_which_nobody_listens_is_told():
    assert found(f"http://127.0.0.1:{free_port()}") == {"Public address": WRONG}


async def test_nobody_but_the_doctor_is_told_what_the_server_sees(ann: Visitor):
    for token in ("", "forged", token_of(["another key, of as many characters"], clock.now())):
        assert (await ann.get(f"{PATH}?token={token}")).status_code == 404


def seen_by(client: str, forwarded: str) -> Check:
    return visitors(Seen(client, "https", "h", {"x-forwarded-for": forwarded}, is_streamed=True))


@pytest.mark.parametrize(
    ("client", "forwarded", "advice"),
    [
        (MADE_UP, MADE_UP, "Have the proxy replace X-Forwarded-For"),
        ("10.0.0.1", "", "Have the proxy set X-Forwarded-For"),
        ("10.0.0.1", "203.0.113.7", "Name that address in FORWARDED_ALLOW_IPS."),
        ("203.0.113.7", f"{MADE_UP}, 203.0.113.7", "None"),
    ],
)
def test_who_visitors_seem_to_be_is_judged(client: str, forwarded: str, advice: str):
    assert str(seen_by(client, forwarded).advice).startswith(advice)
