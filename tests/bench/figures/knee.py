"""How much one process carries: the same work by more and more people at once."""

import asyncio
from collections.abc import Callable, Sequence
from functools import partial

from tests.bench import visitors
from tests.bench.figures.reading import EXPERTS, SLUG
from tests.bench.ground import fresh, publish, serving
from tests.bench.load import Taken
from tests.bench.processes import LOAD, apart
from tests.bench.report import Row
from tests.bench.rounds import in_rounds
from tests.bench.scale import Scale
from tests.catalogues import make_catalogue

PAGES = {
    "an expert's page": f"/experts/{SLUG}",
    "the same, rendered for each": f"/experts/{SLUG}?fresh=1",
}


def measure(server: str, scale: Scale) -> Sequence[Row]:
    """Open pages, and book distinct times, with ever more clients that ask without a pause."""
    uri = fresh(server)
    asyncio.run(make_catalogue(uri, experts=EXPERTS, past_bookings=0))
    rows: list[Row] = []
    with serving(uri) as served:
        for name, path in PAGES.items():
            for clients in scale.clients:
                requests = max(scale.requests, 8 * clients)
                reading = partial(apart, LOAD, visitors.read, served.url, path, clients, requests)
                rows += _rows(name, "pages", clients, scale, reading)
    for clients in scale.clients:
        rows += _rows(
            "bookings", "bookings", clients, scale, partial(_book, server, clients, scale)
        )
    return rows


def _book(server: str, clients: int, scale: Scale) -> Taken:
    uri = fresh(server)
    slots = publish(uri, max(scale.bookings // 2, 4 * clients)).slots
    with serving(uri) as served:
        return apart(LOAD, visitors.book, served, slots, clients)


def _rows(
    name: str, what: str, clients: int, scale: Scale, work: Callable[[], Taken]
) -> Sequence[Row]:
    figure = f"{name}, {clients} clients"
    (taken,) = in_rounds(figure, scale.long_rounds, work)
    return [
        Row(figure, f"{what} a second", [one.rate for one in taken]),
        Row(f"{figure}, the slowest of a hundred", "ms", [one.p99_ms for one in taken]),
    ]
