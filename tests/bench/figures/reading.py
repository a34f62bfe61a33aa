"""Discovery and an expert's page: how many a second, and how long one of a hundred takes."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from functools import partial
from typing import Any

from domain.store.people import people
from domain.store.people.person import slug_of
from tests.bench import bare, visitors
from tests.bench.ground import database, fresh, serving
from tests.bench.load import Taken
from tests.bench.processes import LOAD, PROGRAM, apart
from tests.bench.report import Aim, Row
from tests.bench.scale import Scale
from tests.catalogues import make_catalogue

CLIENTS = 8
EXPERTS = 30
"""As many as a new database is seeded with."""
SLUG = slug_of(next(iter(people(1))))

Floor = Callable[[int, int], Coroutine[Any, Any, Taken]]


def measure(scale: Scale) -> Sequence[Row]:
    """Open pages; beside them, the queries bare (for discovery: those that its memory saves)."""
    with database() as server:
        uri = fresh(server)
        asyncio.run(make_catalogue(uri, experts=EXPERTS, past_bookings=0))
        with serving(uri) as served:
            return [
                *_page("discovery", scale, served.url, "/experts", partial(bare.list_experts, uri)),
                *_page(
                    "expert's page",
                    scale,
                    served.url,
                    f"/experts/{SLUG}",
                    partial(bare.read_times, uri, SLUG),
                ),
            ]


def _page(name: str, scale: Scale, url: str, path: str, floor: Floor) -> Sequence[Row]:
    ours, bare_ones = [], []
    for _ in range(scale.rounds):
        bare_ones.append(apart(PROGRAM, floor, CLIENTS, scale.requests))
        ours.append(apart(LOAD, visitors.read, url, path, CLIENTS, scale.requests))
    return [
        Row(
            f"{name}, {CLIENTS} clients",
            "a second",
            [taken.rate for taken in ours],
            [taken.rate for taken in bare_ones],
            Aim(least=0.4),
        ),
        Row(
            f"{name}, {CLIENTS} clients, p99",
            "ms",
            [taken.p99_ms for taken in ours],
            [taken.p99_ms for taken in bare_ones],
            Aim(most=2.5),
        ),
    ]
