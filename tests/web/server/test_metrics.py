"""What /metrics tells: all workers together, and nothing about anybody."""

import os
import re
import signal
from collections.abc import AsyncIterator
from contextlib import suppress

import httpx
import pytest

from tests import fake_clock
from tests.live.crowd import crowd
from tests.processes import children_of
from tests.waiting import until
from tests.web.conftest import Site, running_site
from tests.web.visitors import visitor


def counted(metrics: str, path: str) -> float:
    """Add up how many requests for a path are counted."""
    pattern = rf'^expertconnect_requests_total{{.*path="{re.escape(path)}".*}} (\S+)'
    return sum(float(number) for number in re.findall(pattern, metrics, re.MULTILINE))


def at_work(metrics: str) -> float:
    """Add up how many requests are being answered, that for the metrics among them."""
    pattern = r"^expertconnect_requests_in_progress{.*} (\S+)"
    return sum(float(number) for number in re.findall(pattern, metrics, re.MULTILINE))


async def told_by(url: str) -> str:
    """Ask on a connection of its own: the system chooses the worker."""
    async with visitor(url) as somebody:
        return (await somebody.get("/metrics")).text


async def is_at_work(url: str, count: float) -> bool:
    """Say whether so many requests are being answered; no, where a dying worker took this one."""
    with suppress(httpx.TransportError):
        return at_work(await told_by(url)) == count
    return False


async def counts_of_20_requests(url: str, path: str) -> set[float]:
    """Make 20 requests, each on a connection of its own; return what six more are told of them."""
    for _ in range(20):
        async with visitor(url) as somebody:
            await somebody.get(path)
    return {counted(await told_by(url), "/experts/{slug}") for _ in range(6)}


@pytest.fixture(scope="module")
async def site(site_uri: str) -> AsyncIterator[Site]:
    """A server with two workers."""
    async with running_site(site_uri, WORKERS=2) as site:
        assert await until(lambda: "ExpertConnect is at" in site.output())  # both of them answer
        yield site


async def test_metrics_count_the_requests_of_all_workers(site: Site):
    expert = await site.expert()

    assert await counts_of_20_requests(site.url, f"/experts/{expert.slug}") == {20}


async def test_a_worker_that_was_killed_is_at_work_on_nothing(site: Site):
    expert = await site.expert()
    at_rest = 1  # the one that asks for the metrics
    await until(lambda: is_at_work(site.url, at_rest))  # what others asked for may still end
    async with crowd(f"{site.url}/experts/{expert.slug}/live", 4):
        await until(lambda: is_at_work(site.url, at_rest + 4))
        workers = [k for k, run in children_of(site.server.process.pid).items() if "worker" in run]
        for worker in workers:
            os.kill(worker, signal.SIGKILL)
        assert await until(lambda: is_at_work(site.url, at_rest))


@pytest.mark.parametrize("forwarded", ["203.0.113.9", "2001:db8::9", "unknown", "127.0.0.1.", "_"])
async def test_metrics_are_for_this_machine_alone(site: Site, forwarded: str):
    async with visitor(site.url) as somebody:
        here = await somebody.get("/metrics")
        by_proxy = await somebody.get("/metrics", headers={"X-Forwarded-For": forwarded})

    assert (here.status_code, by_proxy.status_code) == (200, 404)


async def test_metrics_name_no_booking_and_no_address(site: Site):
    async with visitor(site.url) as somebody:
        await somebody.get("/bookings/ABCDEFGHJKMN")
        await somebody.get("/bookings/link/a-secret?email=ann@example.org")
    metrics = await told_by(site.url)

    assert 'path="/bookings/{reference}"' in metrics
    assert not re.search("ABCDEFGHJKMN|a-secret|ann@", metrics)


async def test_metrics_tell_how_far_the_databases_clock_is_from_ours(site: Site):
    async def offset() -> float | None:
        found = re.search(
            r"^expertconnect_clock_offset_seconds(?:{.*})? (\S+)",
            await told_by(site.url),
            re.MULTILINE,
        )
        return abs(abs(float(found[1])) - fake_clock.AHEAD_S) + 1 if found else None

    assert await until(offset) < 2
