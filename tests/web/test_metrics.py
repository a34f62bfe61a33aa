"""What /metrics tells: all workers together, and nothing about anybody."""

import re

import pytest

from domain.store.database import Database
from tests.factories import make_expert
from tests.servers import start_server
from tests.web.visitors import visitor


def counted(metrics: str, path: str) -> float:
    """Add up how many requests for a path are counted."""
    pattern = rf'^expertconnect_requests_total{{.*path="{re.escape(path)}".*}} (\S+)'
    return sum(float(number) for number in re.findall(pattern, metrics, re.MULTILINE))


async def told_by(url: str) -> str:
    """Ask on a connection of its own: the system chooses the worker."""
    async with visitor(url) as somebody:
        return (await somebody.get("/metrics")).text


@pytest.mark.parametrize("workers", [1, 2])
async def test_metrics_count_the_requests_of_all_workers(
    database: Database, database_uri: str, workers: int
):
    expert = await make_expert(database)
    with start_server(database_uri, WORKERS=workers) as server:
        for _ in range(20):
            async with visitor(server.url) as somebody:
                await somebody.get(f"/experts/{expert.slug}")

        told = [await told_by(server.url) for _ in range(6)]

    assert {counted(metrics, "/experts/{slug}") for metrics in told} == {20}


async def test_metrics_are_for_this_machine_alone(database_uri: str):
    with start_server(database_uri) as server:
        async with visitor(server.url) as somebody:
            here = await somebody.get("/metrics")
            by_proxy = await somebody.get("/metrics", headers={"X-Forwarded-For": "203.0.113.9"})

    assert (here.status_code, by_proxy.status_code) == (200, 404)


async def test_metrics_name_no_booking_and_no_address(database: Database, database_uri: str):
    await make_expert(database)
    with start_server(database_uri) as server:
        async with visitor(server.url) as somebody:
            await somebody.get("/bookings/ABCDEFGHJKMN")
            await somebody.get("/bookings/link/a-secret?email=ann@example.org")
        metrics = await told_by(server.url)

    assert 'path="/bookings/{reference}"' in metrics
    assert not re.search("ABCDEFGHJKMN|a-secret|ann@", metrics)
