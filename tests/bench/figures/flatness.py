"""What a page costs with a large catalogue and a long past, beside one of 24 experts."""

import asyncio
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import timedelta

from tests.bench import visitors
from tests.bench.figures.reading import SLUG
from tests.bench.ground import database, fresh, serving
from tests.bench.processes import LOAD, apart
from tests.bench.report import Aim, Row
from tests.bench.scale import Scale
from tests.catalogues import make_catalogue
from web import clock

FEW = 24
NEXT_WEEK = (clock.now() + timedelta(days=7)).date()
PATHS = {
    "discovery": "/experts",
    "a search": "/experts?q=tax&category=Finance&language=en&sort=soonest",
    "who is free": f"/experts?on={NEXT_WEEK}&from=09:00&to=17:00&zone=UTC",
    "expert's page": f"/experts/{SLUG}",
}


def measure(scale: Scale) -> Sequence[Row]:
    """Open the same pages of two programs in turn, one page at a time."""
    with database() as server, ExitStack() as end:
        few, many = fresh(server), fresh(server)
        asyncio.run(make_catalogue(few, experts=FEW, past_bookings=0))
        asyncio.run(make_catalogue(many, experts=scale.experts, past_bookings=scale.past_bookings))
        urls = [end.enter_context(serving(uri)).url for uri in (few, many)]
        size = f"{scale.experts:,} experts and {scale.past_bookings:,} past bookings"
        return [_row(f"{name} with {size}", scale, urls, path) for name, path in PATHS.items()]


def _row(name: str, scale: Scale, urls: Sequence[str], path: str) -> Row:
    few: list[float] = []
    many: list[float] = []
    for _ in range(scale.rounds):
        for url, found in zip(urls, (few, many), strict=True):
            taken = apart(LOAD, visitors.read, url, path, 1, scale.requests // 4)
            found.append(1000 / taken.rate)
    return Row(name, "ms a page", many, few, Aim(most=1.5))
