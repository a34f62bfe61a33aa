"""Signing in at a provider: who is signed in by its word, and who is not."""

import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from domain.rules.checks import CheckState
from domain.rules.errors import Code, Refusal
from tests.openid_provider import CLIENT_ID, SECRET, OwnProvider, own_provider
from tests.proxies import wait_for_port
from tests.servers import end, free_port, start_server
from tests.web.conftest import Site, running_site
from tests.web.mailed import address
from tests.web.visitors import Visitor, visitor
from web.http import clock
from web.openid.checks import look_at_provider
from web.openid.flows import new_flow
from web.openid.provider import Provider
from web.settings import OpenIdClient

START = "/sign-in/openid?next=/desk/hours"
pytestmark = pytest.mark.usefixtures("vouched_for")
CLIENT = {"OIDC_CLIENT_ID": CLIENT_ID, "OIDC_SECRET": SECRET}


@pytest.fixture(scope="module")
def provider() -> Iterator[OwnProvider]:
    with own_provider() as running:
        yield running


@pytest.fixture(scope="module")
async def site(site_uri: str, provider: OwnProvider) -> AsyncIterator[Site]:
    """A server whose staff sign in at the provider."""
    settings = {**CLIENT, "OIDC_ISSUER": provider.url, "OIDC_NAME": "the Chamber"}
    async with running_site(site_uri, **settings) as site:
        yield site


@pytest.fixture
async def vouched_for(site: Site, provider: OwnProvider) -> AsyncIterator[str]:
    """The address of an expert, whom the provider is about to vouch for."""
    expert = await site.expert(email=address())
    provider.claims, provider.header = {"email": expert.email}, {}
    yield expert.email
    provider.claims, provider.header = {}, {}


def path_of(location: str) -> str:
    """Return where on our own site an address leads to."""
    return urlsplit(location)._replace(scheme="", netloc="").geturl()


async def come_back(browser: Visitor, provider: OwnProvider) -> httpx.Response:
    """Go to the provider, sign in there, and follow the way back."""
    sent = await browser.get(START)
    assert sent.status_code == 303, sent.text
    return await browser.get(path_of(provider.is_signed_in_at(sent.headers["location"])))


async def is_at_desk(browser: Visitor) -> bool:
    return (await browser.get("/desk")).status_code == 200


async def test_who_signs_in_there_is_at_their_desk(provider: OwnProvider, ann: Visitor):
    page = await ann.get("/desk/hours")
    back = await come_back(ann, provider)

    assert "Sign in with the Chamber" in page.text
    assert "/sign-in/openid?next=/desk/hours" in page.text
    assert (back.status_code, back.headers["location"]) == (303, "/desk/hours")
    assert back.headers["cache-control"] == "private, no-store"
    assert await is_at_desk(ann)
    assert "openid" not in ann.client.cookies


async def test_the_case_of_an_address_does_not_count_and_it_may_be_told_apart(
    provider: OwnProvider, ann: Visitor, vouched_for: str
):
    provider.claims = {"email": None, "email_verified": None}
    provider.userinfo = {"sub": "17", "email": vouched_for.upper(), "email_verified": True}

    assert (await come_back(ann, provider)).status_code == 303
    assert await is_at_desk(ann)


NOW = int(time.time())
WRONG: dict[str, dict[str, Any]] = {
    "audience": {"aud": "somebody-else"},
    "authorized party": {"aud": [CLIENT_ID, "somebody-else"]},
    "issuer": {"iss": "https://elsewhere.example.org"},
    "nonce": {"nonce": "of another attempt"},
    "no nonce": {"nonce": None},
    "expired": {"exp": NOW - 90},
    "from the future": {"iat": NOW + 3600},
    "no expiry": {"exp": None},
    "unverified": {"email_verified": False},
    "verified in words": {"email_verified": "true"},
    "no address": {"email": ["ann@example.org"]},
    "two lines": {"email": "ann@example.org\r\nBcc: eve@example.org"},
}


@pytest.mark.parametrize("claims", WRONG.values(), ids=WRONG)
async def test_a_token_that_is_not_right_signs_nobody_in(
    provider: OwnProvider, ann: Visitor, claims: dict[str, Any]
):
    provider.claims |= claims

    back = await come_back(ann, provider)

    assert back.status_code == 403
    assert "Sign in with the Chamber" in back.text
    assert not await is_at_desk(ann)


async def test_a_token_that_the_shared_secret_signs_is_nobodys(provider: OwnProvider, ann: Visitor):
    provider.header = {"alg": "HS256"}

    assert (await come_back(ann, provider)).status_code == 403
    assert not await is_at_desk(ann)


async def test_a_clock_that_is_a_little_off_keeps_nobody_out(provider: OwnProvider, ann: Visitor):
    now = int(time.time())
    provider.claims |= {"iat": now - 400, "exp": now - 30}

    assert (await come_back(ann, provider)).status_code == 303


async def test_new_keys_are_asked_for_when_a_token_is_signed_by_one(
    provider: OwnProvider, ann: Visitor, eve: Visitor
):
    assert (await come_back(ann, provider)).status_code == 303
    provider.asked.clear()
    provider.rotate()

    assert (await come_back(eve, provider)).status_code == 303
    assert provider.asked.count("/keys") == 1
    provider.asked.clear()
    assert (await come_back(eve, provider)).status_code == 303
    assert provider.asked == []


async def test_a_code_counts_once_and_in_the_browser_that_asked_for_it_alone(
    provider: OwnProvider, ann: Visitor, eve: Visitor
):
    sent = await ann.get(START)
    way_back = path_of(provider.is_signed_in_at(sent.headers["location"]))

    elsewhere = await eve.get(way_back)
    first = await ann.get(way_back)
    again = await ann.get(way_back)
    code = parse_qs(urlsplit(way_back).query)["code"][0]
    state = parse_qs(urlsplit((await eve.get(START)).headers["location"]).query)["state"][0]
    replayed = await eve.get(f"/sign-in/openid/back?code={code}&state={state}")

    assert [a.status_code for a in (elsewhere, first, again, replayed)] == [400, 303, 400, 403]
    assert "This sign-in is over" in elsewhere.text
    assert not await is_at_desk(eve)


async def test_who_breaks_it_off_there_is_told_how_to_go_on(ann: Visitor):
    state = parse_qs(urlsplit((await ann.get(START)).headers["location"]).query)["state"][0]

    back = await ann.get(f"/sign-in/openid/back?error=access_denied&state={state}")

    assert back.status_code == 403
    assert 'href="/desk/hours"' in back.text


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example.org", "//evil.example.org", "/desk/.."]
)
async def test_it_leads_on_to_pages_of_ours_alone(
    provider: OwnProvider, ann: Visitor, elsewhere: str
):
    sent = await ann.get("/sign-in/openid", params={"next": elsewhere})
    back = await ann.get(path_of(provider.is_signed_in_at(sent.headers["location"])))

    assert back.headers["location"] == "/desk"


async def test_the_cookie_of_an_attempt_is_for_the_way_back_alone(ann: Visitor):
    sent = await ann.get(START)
    cookie = sent.headers["set-cookie"]

    for attribute in ("openid=", "HttpOnly", "Max-Age=600", "SameSite=lax"):
        assert attribute in cookie
    assert parse_qs(urlsplit(sent.headers["location"]).query)["state"][0] not in cookie


async def test_a_provider_that_is_slow_is_not_waited_for(provider: OwnProvider):
    known = OpenIdClient(provider.url, CLIENT_ID, SECRET, "the Chamber")
    asked = Provider(known, leads_back_to="http://127.0.0.1/back", clock=clock.now)
    provider.may_answer.clear()

    with pytest.raises(Refusal, match=Code.PROVIDER_AWAY):
        await asked.address_to_ask(new_flow("/desk"))

    provider.may_answer.set()
    assert (await asked.address_to_ask(new_flow("/desk"))).startswith(provider.url)


async def test_the_doctor_says_whether_the_provider_answers(provider: OwnProvider):
    site = "https://book.example.org"
    known = OpenIdClient(provider.url, CLIENT_ID, SECRET, "the Chamber")
    nobodys = replace(known, issuer=f"http://127.0.0.1:{free_port()}")
    others = replace(known, issuer=provider.url.replace("127.0.0.1", "localhost"))

    looks = [await look_at_provider(client, site) for client in (known, nobodys, others)]

    states = [look.state for look in looks]
    assert states == [CheckState.OK, CheckState.WRONG, CheckState.WRONG]
    assert f"{site}/sign-in/openid/back" in str(looks[0].finding)
    assert str(looks[1].finding) == f"{nobodys.issuer} does not answer."
    assert "does not describe itself" in str(looks[2].finding)


async def test_without_a_provider_there_is_no_way_to_one(shared_site: Site):
    async with visitor(shared_site.url) as ann:
        assert "Sign in with" not in (await ann.get("/desk")).text
        assert (await ann.get(START)).status_code == 404


@contextmanager
def others_provider(port: int) -> Iterator[None]:
    """Run a provider from PyPI."""
    process = subprocess.Popen(
        [sys.executable, "-m", "oidc_provider_mock", "--port", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for_port(port)
        yield
    finally:
        end(process)


@pytest.mark.soak
async def test_a_provider_that_others_have_written_will_do(site_uri: str):
    """It is down at first, and says nothing of whether an address is confirmed."""
    port, email = free_port(), address()
    issuer = f"http://localhost:{port}"
    with start_server(site_uri, **CLIENT, OIDC_ISSUER=issuer) as server:
        async with visitor(server.url) as ann, httpx.AsyncClient(base_url=issuer) as person:
            down = await ann.get(START)
            with others_provider(port):
                unconfirmed = await back_from(person, ann, email)
                await person.put(f"/users/{email}", json={"email": email, "email_verified": True})
                confirmed = await back_from(person, ann, email)

    assert (down.status_code, "Retry-After" in down.headers) == (503, True)
    assert "sign-in service doesn't answer" in unescape(down.text)
    assert unconfirmed.status_code == 403
    assert "not confirmed there" in unconfirmed.text
    assert (confirmed.status_code, confirmed.headers["location"]) == (303, "/desk/hours")


async def back_from(person: httpx.AsyncClient, browser: Visitor, email: str) -> httpx.Response:
    """Sign in by the provider's own form."""
    sent = await browser.get(START)
    signed_in = await person.post(sent.headers["location"], data={"sub": email})
    return await browser.get(path_of(signed_in.headers["location"]))
