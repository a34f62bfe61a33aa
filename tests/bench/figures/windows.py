"""Who is free in a window, and the feeds of availability: from memory, and read anew."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from functools import partial

from domain.rules.windows import Window
from tests.bench import bare, visitors
from tests.bench.figures.reading import CLIENTS, SLUG, Reading
from tests.bench.ground import fresh, serving
from tests.bench.processes import LOAD, PROGRAM, apart
from tests.bench.report import Aim, Row
from tests.bench.rounds import in_rounds
from tests.bench.scale import Scale
from tests.catalogues import make_catalogue
from web.http import clock

FEEDS = ("json", "ics")
DEARER = 10
"""How much more one bare look into a window takes than a page: so many fewer of them will do."""


def measure(server: str, scale: Scale) -> Sequence[Row]:
    """Ask for the same again and again; beside it, the query that it would take each time."""
    on = (clock.now() + timedelta(days=7)).date()
    start, end = (datetime.combine(on, time(hour), tzinfo=UTC) for hour in (9, 17))
    asked = f"/experts?on={on}&from=09:00&to=17:00&zone=UTC"
    uri = fresh(server)
    asyncio.run(make_catalogue(uri, experts=scale.experts, past_bookings=0))
    of_window = partial(bare.read_window, uri, Window(start, end))
    of_expert = partial(bare.read_two_months, uri, SLUG)
    with serving(uri) as served:
        named = f"who is free in eight hours, of {scale.experts:,}"
        pages = partial(visitors.read, served.url, asked)
        rows = [_row(named, scale, pages, of_window, looks=scale.requests // DEARER)]
        for kind in FEEDS:
            path = f"/experts/{SLUG}/availability.{kind}"
            whole = partial(visitors.read, served.url, path)
            known = partial(visitors.read_known, served.url, path)
            rows.append(_row(f"`availability.{kind}`", scale, whole, of_expert))
            rows.append(_row(f"`availability.{kind}`, unchanged: 304", scale, known, of_expert))
    return rows


def _row(
    name: str, scale: Scale, ours: Reading, floor: Reading, *, looks: int | None = None
) -> Row:
    program, queries = in_rounds(
        name,
        scale.rounds,
        partial(apart, LOAD, ours, CLIENTS, scale.requests),
        partial(apart, PROGRAM, floor, CLIENTS, looks or scale.requests),
    )
    return Row(
        f"{name}, {CLIENTS} clients",
        "a second",
        [taken.rate for taken in program],
        [taken.rate for taken in queries],
        Aim(least=1),
        "the query that its memory saves, bare",
    )
