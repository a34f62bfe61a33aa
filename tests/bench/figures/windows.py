"""Who is free in a window, and the feeds of availability: from memory, and read anew."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from functools import partial

from domain.windows import Window
from tests.bench import bare, visitors
from tests.bench.figures.reading import CLIENTS, SLUG, Floor
from tests.bench.ground import database, fresh, serving
from tests.bench.processes import LOAD, PROGRAM, apart
from tests.bench.report import Aim, Row
from tests.bench.scale import Scale
from tests.catalogues import make_catalogue
from web import clock

FEEDS = ("json", "ics")


def measure(scale: Scale) -> Sequence[Row]:
    """Ask for the same again and again; beside it, the query that it would take each time."""
    on = (clock.now() + timedelta(days=7)).date()
    start, end = (datetime.combine(on, time(hour), tzinfo=UTC) for hour in (9, 17))
    asked = f"/experts?on={on}&from=09:00&to=17:00&zone=UTC"
    with database() as server:
        uri = fresh(server)
        asyncio.run(make_catalogue(uri, experts=scale.experts, past_bookings=0))
        of_window = partial(bare.read_window, uri, Window(start, end))
        of_expert = partial(bare.read_two_months, uri, SLUG)
        with serving(uri) as served:
            named = f"who is free in eight hours, of {scale.experts:,}"
            rows = [_row(named, scale, of_window, partial(visitors.read, served.url, asked))]
            for kind in FEEDS:
                path = f"/experts/{SLUG}/availability.{kind}"
                whole = partial(visitors.read, served.url, path)
                known = partial(visitors.read_known, served.url, path)
                rows.append(_row(f"availability.{kind}", scale, of_expert, whole))
                rows.append(_row(f"availability.{kind}, unchanged", scale, of_expert, known))
    return rows


def _row(name: str, scale: Scale, floor: Floor, ours: Floor) -> Row:
    taken, bare_ones = [], []
    for _ in range(scale.rounds):
        bare_ones.append(apart(PROGRAM, floor, CLIENTS, scale.requests))
        taken.append(apart(LOAD, ours, CLIENTS, scale.requests))
    return Row(
        f"{name}, {CLIENTS} clients",
        "a second",
        [found.rate for found in taken],
        [found.rate for found in bare_ones],
        Aim(least=1),
    )
