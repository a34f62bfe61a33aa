"""What a page costs with a large catalogue and a long past, beside one of 24 experts."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from functools import partial

from tests.bench import visitors
from tests.bench.figures.reading import SLUG
from tests.bench.ground import fresh, serving
from tests.bench.processes import LOAD, apart
from tests.bench.report import Aim, Row
from tests.bench.rounds import in_rounds
from tests.bench.scale import Scale
from tests.catalogues import make_catalogue
from web.http import clock

FEW = 24
NEXT_WEEK = (clock.now() + timedelta(days=7)).date()
PATHS = {
    "discovery": "/experts",
    "a search": "/experts?q=tax&category=Finance&language=en&sort=soonest",
    "who is free": f"/experts?on={NEXT_WEEK}&from=09:00&to=17:00&zone=UTC",
    "an expert's page": f"/experts/{SLUG}",
}


def measure(server: str, scale: Scale) -> Sequence[Row]:
    """Open the same pages of two programs in turn, one page at a time."""
    many, few = fresh(server), fresh(server)
    asyncio.run(make_catalogue(many, experts=scale.experts, past_bookings=scale.past_bookings))
    asyncio.run(make_catalogue(few, experts=FEW, past_bookings=0))
    with serving(many) as of_many, serving(few) as of_few:
        urls = [of_many.url, of_few.url]
        return [_row(name, scale, urls, path) for name, path in PATHS.items()]


def _row(name: str, scale: Scale, urls: Sequence[str], path: str) -> Row:
    def ms_of_a_page(url: str) -> float:
        return 1000 / apart(LOAD, visitors.read, url, path, 1, scale.requests // 4).rate

    many, few = in_rounds(name, scale.rounds, *(partial(ms_of_a_page, url) for url in urls))
    size = f"{scale.experts:,} experts and {scale.past_bookings:,} past bookings"
    return Row(f"{name} with {size}", "ms", many, few, Aim(most=1.5), f"with {FEW} experts")
