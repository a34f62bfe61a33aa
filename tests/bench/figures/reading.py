"""Discovery and an expert's page: how many a second, and how long one of a hundred takes."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from functools import partial
from typing import Any

from domain.seeds.people import people
from domain.seeds.people.person import slug_of
from tests.bench import bare, visitors
from tests.bench.ground import fresh, serving
from tests.bench.load import Taken
from tests.bench.processes import LOAD, PROGRAM, apart
from tests.bench.report import Aim, Row
from tests.bench.rounds import in_rounds
from tests.bench.scale import Scale
from tests.catalogues import make_catalogue

CLIENTS = 8
EXPERTS = 30
"""As many as a new database is seeded with."""
SLUG = slug_of(next(iter(people(1))))

Reading = Callable[[int, int], Coroutine[Any, Any, Taken]]
"""Reads with so many clients, so many times in all."""


def measure(server: str, scale: Scale) -> Sequence[Row]:
    """Open pages; beside them, the queries bare (for discovery: those that its memory saves)."""
    uri = fresh(server)
    asyncio.run(make_catalogue(uri, experts=EXPERTS, past_bookings=0))
    with serving(uri) as served:
        listing = partial(visitors.read, served.url, "/experts")
        expert = partial(visitors.read, served.url, f"/experts/{SLUG}")
        queries = partial(bare.list_experts, uri)
        same = partial(bare.read_times, uri, SLUG)
        saved = "the queries that its memory saves, bare"
        return [
            *_page("discovery", scale, listing, queries, saved, least=1_500),
            *_page("an expert's page", scale, expert, same, "the same queries, bare", least=900),
        ]


def _page(
    name: str, scale: Scale, ours: Reading, floor: Reading, beside: str, *, least: int
) -> Sequence[Row]:
    program, queries = in_rounds(
        name,
        scale.rounds,
        partial(apart, LOAD, ours, CLIENTS, scale.requests),
        partial(apart, PROGRAM, floor, CLIENTS, scale.requests),
    )
    return [
        Row(
            f"{name}, {CLIENTS} clients",
            "pages a second",
            [taken.rate for taken in program],
            [taken.rate for taken in queries],
            Aim(least=least, of_ratio=False),
            beside,
        ),
        Row(
            f"{name}, the slowest of a hundred",
            "ms",
            [taken.p99_ms for taken in program],
            [taken.p99_ms for taken in queries],
            Aim(most=3),
            beside,
        ),
    ]
