"""What a server does differently where others can reach it, on real servers with such settings."""

import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from datetime import timedelta

import httpx
import pytest

from domain.store.core.database import Database, connect
from domain.store.documents import Booking
from tests.factories import make_booking, make_expert, make_slot
from tests.servers import Server, start_server
from tests.waiting import until
from tests.web.visitors import visitor
from web.http import clock

DAY = timedelta(days=1)
RETENTION_DAYS = 30
COOKIES = {"__Host-visitor", "zone", "language"}


def has_ipv6() -> bool:
    with suppress(OSError), socket.create_server(("::1", 0), family=socket.AF_INET6):
        return True
    return False


@pytest.fixture(scope="module", autouse=True)
async def shared(site_uri: str) -> AsyncIterator[Database]:
    """The database of the module's servers, with bookings that ended before they start."""
    database = connect(site_uri)
    expert = await make_expert(database)
    for days in (RETENTION_DAYS + 1, RETENTION_DAYS - 1):
        slot = await make_slot(database, expert, starts_at=clock.now() - days * DAY)
        await make_booking(database, slot)
    yield database
    await database.close()


@pytest.fixture(scope="module")
def public(site_uri: str) -> Iterator[Server]:
    """A server that people reach by TLS."""
    address = "https://book.example.org"
    with start_server(
        site_uri,
        BASE_URL=address,
        ALLOWED_HOSTS="www.example.org",
        RETENTION_DAYS=RETENTION_DAYS,
    ) as server:
        yield server


@pytest.fixture(scope="module")
def by_ipv6(site_uri: str) -> Iterator[Server]:
    """A server on this machine's IPv6 address that sends mail."""
    with start_server(
        site_uri, HOST="::1", SMTP_URL="smtp://localhost:1", HOLDS_PER_IP=1
    ) as server:
        yield server


async def test_nobody_reads_the_mail_of_a_server_that_has_an_address(public: Server):
    async with visitor(public.url) as ann:
        assert (await ann.get("/dev/outbox")).status_code == 404


async def test_behind_tls_no_cookie_travels_without_it_or_with_the_forms_of_others(
    public: Server,
):
    async with httpx.AsyncClient(base_url=public.url) as client:
        answers = [await client.get(path) for path in ("/bookings?lang=de&zone=Asia/Tokyo", "/")]
    cookies = {
        name: attributes.lower()
        for answer in answers
        for header in answer.headers.get_list("set-cookie")
        for name, _, attributes in [header.partition("=")]
    }

    assert cookies.keys() == COOKIES
    assert {name for name, said in cookies.items() if "; secure" in said} == COOKIES
    assert {name for name, said in cookies.items() if "; samesite=lax" in said} == COOKIES
    assert {name for name, said in cookies.items() if "; httponly" not in said} == {"zone"}


async def test_behind_tls_browsers_come_back_by_tls_alone(public: Server, by_ipv6: Server):
    async with httpx.AsyncClient() as client:
        secure = await client.get(f"{public.url}/experts")
        plain = await client.get(f"{by_ipv6.url}/experts")

    assert secure.headers["strict-transport-security"] == "max-age=31536000"
    assert "strict-transport-security" not in plain.headers


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("book.example.org", 200),
        ("BOOK.example.org:443", 200),
        ("www.example.org", 200),
        ("localhost", 200),
        ("book.example.org.elsewhere.example", 421),
        ("elsewhere.example", 421),
        ("", 421),
    ],
)
async def test_a_server_answers_to_its_own_names_alone(public: Server, host: str, status: int):
    async with httpx.AsyncClient(base_url=public.url, headers={"Host": host}) as client:
        assert (await client.get("/experts")).status_code == status
        assert (await client.get("/health/live")).status_code == 200


@pytest.mark.usefixtures("public")
async def test_a_running_server_forgets_who_booked_once_that_is_long_enough_ago(shared: Database):
    async def erased() -> list[Booking]:
        return await shared.engine.find(Booking, {"erased_at": {"$ne": None}})

    (found,) = await until(erased)

    assert found.ends_at < clock.now() - RETENTION_DAYS * DAY
    assert await shared.engine.count(Booking, {"erased_at": None}) == 1


on_ipv6 = pytest.mark.skipif(not has_ipv6(), reason="this machine has no IPv6")


@on_ipv6
async def test_a_server_on_ipv6_says_where_it_is_and_answers_there(by_ipv6: Server):
    await until(lambda: f"ExpertConnect is at {by_ipv6.url} (" in by_ipv6.output)

    async with visitor(by_ipv6.url) as ann:
        assert (await ann.get("/experts")).status_code == 200


@on_ipv6
async def test_what_is_for_this_machine_alone_is_so_on_ipv6_too(by_ipv6: Server):
    async with visitor(by_ipv6.url) as ann:
        forwarded = {"X-Forwarded-For": "2001:db8:1:2::9"}
        found = [await ann.get("/metrics"), await ann.get("/metrics", headers=forwarded)]

    assert [answer.status_code for answer in found] == [200, 404]


@on_ipv6
async def test_a_subscriber_counts_once_whichever_of_its_ipv6_addresses_it_takes(
    by_ipv6: Server, shared: Database
):
    addresses = ["2001:db8:1:2::9", "2001:db8:1:2:3:4:5:6", "2001:db8:1:3::9"]
    statuses = []
    for address in addresses:
        slot = await make_slot(shared, starts_at=clock.now() + DAY)
        async with visitor(by_ipv6.url, headers={"X-Forwarded-For": address}) as somebody:
            statuses.append((await somebody.hold(slot.id)).status_code)

    assert statuses == [303, 429, 303]


@on_ipv6
async def test_nobody_reads_the_mail_of_a_server_that_sends_it(by_ipv6: Server):
    async with visitor(by_ipv6.url) as ann:
        assert (await ann.get("/dev/outbox")).status_code == 404
