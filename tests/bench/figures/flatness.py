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


def measure(server: str, scale: Scale) -> Sequence[Row]:
    """Open the same pages of two programs in turn, one page at a time."""
    many, few = fresh(server), fresh(server)
    asyncio.run(make_catalogue(many, experts=scale.experts, past_bookings=scale.past_bookings))
    asyncio.run(make_catalogue(few, experts=FEW, past_bookings=0))
    size = f"{scale.experts:,} experts and {scale.past_bookings:,} past bookings"
    with serving(many) as of_many, serving(few) as of_few:
        urls = [of_many.url, of_few.url]
        return pages_of(scale, urls, [SLUG, SLUG], size, f"with {FEW} experts")


def pages_of(
    scale: Scale, urls: Sequence[str], slugs: Sequence[str], size: str, beside: str
) -> Sequence[Row]:
    """Open pages of a program that has much, beside the same pages of one that has little.

    Args:
        scale: How often.
        urls: Where the two answer.
        slugs: Of an expert of each.
        size: How much the large one has, in words.
        beside: How much the small one has.
    """
    paths = {
        "discovery": ["/experts"] * 2,
        "a search": ["/experts?q=tax&category=Finance&language=en&sort=soonest"] * 2,
        "who is free": [f"/experts?on={NEXT_WEEK}&from=09:00&to=17:00&zone=UTC"] * 2,
        "an expert's page": [f"/experts/{slug}" for slug in slugs],
    }
    rows = []
    for name, of_each in paths.items():
        reading = (partial(_ms_of_a_page, scale, *at) for at in zip(urls, of_each, strict=True))
        many, few = in_rounds(name, scale.rounds, *reading)
        rows.append(Row(f"{name} with {size}", "ms", many, few, Aim(most=1.5), beside))
    return rows


def _ms_of_a_page(scale: Scale, url: str, path: str) -> float:
    return 1000 / apart(LOAD, visitors.read, url, path, 1, scale.requests // 4).rate
