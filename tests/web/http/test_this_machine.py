"""Pages for this machine only: unsent mail, and metrics."""

import secrets

import pytest

from tests.web.conftest import Site
from tests.web.visitors import Visitor

SHARES_SITE = True
PAGES = ["/dev/outbox", "/metrics"]


def port_of(site: Site) -> str:
    return site.url.rpartition(":")[2]


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "[::1]", "LocalHost"])
async def test_this_machine_sees_it_by_whichever_of_its_names(site, ann: Visitor, page, name):
    for host in (name, f"{name}:{port_of(site)}"):
        assert (await ann.get(page, headers={"Host": host})).status_code == 200, host


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(
    "host",
    [
        "rebound.example",
        "localhost.example",
        "127.0.0.1.example:80",
        "192.0.2.1",
        "",
        "x@localhost",
    ],
)
async def test_a_name_that_was_made_to_lead_here_shows_nothing(ann: Visitor, page, host):
    assert (await ann.get(page, headers={"Host": host})).status_code == 404


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(
    "header",
    [
        {"X-Forwarded-For": "203.0.113.9"},
        {"X-Forwarded-For": "127.0.0.1"},
        {"X-Forwarded-For": ""},
        {"X-Forwarded-Host": "book.example.org"},
        {"X-Forwarded-Proto": "https"},
        {"Forwarded": "for=127.0.0.1"},
        {"X-Real-IP": "127.0.0.1"},
        {"Via": "1.1 tunnel"},
        {"CF-Connecting-IP": "127.0.0.1"},
    ],
    ids=lambda header: " ".join(*header.items()),
)
async def test_what_came_by_a_proxy_or_a_tunnel_is_not_from_this_machine(ann, page, header):
    assert (await ann.get(page, headers=header)).status_code == 404


async def test_only_this_machine_is_led_to_the_outbox(ann: Visitor):
    form = {"email": f"{secrets.token_hex(4)}@example.org"}

    here = await ann.post("/bookings/link", form)
    elsewhere = await ann.post("/bookings/link", form, headers={"X-Forwarded-For": "203.0.113.77"})

    assert (here.status_code, elsewhere.status_code) == (200, 200)
    assert "/dev/outbox" in here.text
    assert "/dev/outbox" not in elsewhere.text
