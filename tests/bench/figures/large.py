"""What visitors do on a database of millions, beside the same on one as it is seeded."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from statistics import median
from time import perf_counter

from pymongo import MongoClient

from tests.bench import large, listeners, visitors
from tests.bench.figures import crowd
from tests.bench.figures.bookings import CLIENTS
from tests.bench.figures.flatness import pages_of
from tests.bench.figures.reading import EXPERTS
from tests.bench.ground import fresh, publish, serving
from tests.bench.listeners import Place, Telling
from tests.bench.load import Taken
from tests.bench.processes import LOAD, Served, apart, private_kib
from tests.bench.report import Aim, Row
from tests.bench.rounds import in_rounds
from tests.bench.scale import Scale
from tests.catalogues import make_catalogue

FLAT, SMALL_ENOUGH = Aim(most=1.5), Aim(most=600, of_ratio=False)
BESIDE = f"with {EXPERTS} experts"


@dataclass(frozen=True)
class Side:
    """A database, and the program that serves it."""

    uri: str
    served: Served


def measure(server: str, scale: Scale) -> Sequence[Row]:
    """Do the same on both in turn, each with a program of its own."""
    many, few = fresh(server), fresh(server)
    large.enlarge_cache(server)
    large.fill(many, scale.large)
    asyncio.run(make_catalogue(few, experts=EXPERTS, past_bookings=0))
    rows = [_start(scale, many, few)]
    with serving(many) as of_many, serving(few) as of_few:
        sides = Side(many, of_many), Side(few, of_few)
        slugs = [_slug_in(side.uri) for side in sides]
        rows += pages_of(scale, [of_many.url, of_few.url], slugs, scale.large.told, BESIDE)
        rows += _bookings(scale, *sides)
        rows += [_crowd(scale, *sides), _change(scale, *sides), _memory(scale, *sides)]
    return rows


def _slug_in(uri: str) -> str:
    with MongoClient[dict[str, str]](uri) as client:
        found = client.get_default_database().experts.find_one({"listed": True})
    assert found
    return found["slug"]


def _row(
    scale: Scale,
    figure: str,
    unit: str,
    measured: Sequence[Sequence[float]],
    aim: Aim | None = FLAT,
) -> Row:
    many, few = measured
    return Row(f"{figure} with {scale.large.told}", unit, many, few, aim, BESIDE)


def _start(scale: Scale, many: str, few: str) -> Row:
    def seconds(uri: str) -> float:
        begun = perf_counter()
        with serving(uri) as served:
            asyncio.run(visitors.read(served.url, "/experts", 1, 1))
            return perf_counter() - begun

    taken = in_rounds("start", scale.long_rounds, *(partial(seconds, uri) for uri in (many, few)))
    return _row(scale, "from the start to the first page", "s", taken, aim=None)


def _bookings(scale: Scale, *sides: Side) -> Sequence[Row]:
    def book(side: Side) -> Taken:
        slots = publish(side.uri, scale.bookings).slots
        return apart(LOAD, visitors.book, side.served, slots, CLIENTS)

    many, few = in_rounds("bookings", scale.long_rounds, *(partial(book, side) for side in sides))
    ms = [[1000 / taken.rate for taken in side] for side in (many, few)]
    processor = [[taken.processor_ms for taken in side] for side in (many, few)]
    return [
        _row(scale, f"a booking, {CLIENTS} clients", "ms", ms),
        _row(scale, "processor time of one of them", "ms", processor),
    ]


def _crowd(scale: Scale, *sides: Side) -> Row:
    def choose(side: Side) -> float:
        keys = [slot["_id"] for slot in publish(side.uri, crowd.SLOTS).slots]
        return 1000 * apart(LOAD, visitors.contend, side.served.url, keys, scale.crowd)

    taken = in_rounds("crowd", scale.long_rounds, *_of_each(choose, sides))
    return _row(scale, f"{scale.crowd} people choose one time at once: all answered", "ms", taken)


def _change(scale: Scale, *sides: Side) -> Row:
    count = scale.crowd
    telling = Telling(count, scale.changes, scale.ping_period_s)

    def tell(side: Side) -> float:
        published = publish(side.uri, 20)
        path = f"/experts/{published.slug}/live"
        place = Place(side.served, path, side.uri, published.slots[0]["_id"])
        return median(apart(LOAD, listeners.tell_of_slot, place, telling).last_ms)

    taken = in_rounds("change", scale.long_rounds, *_of_each(tell, sides))
    return _row(scale, f"a change → the last of {count:,} listeners", "ms", taken)


def _of_each(work: Callable[[Side], float], sides: Sequence[Side]) -> Sequence[Callable[[], float]]:
    return [partial(work, side) for side in sides]


def _memory(scale: Scale, *sides: Side) -> Row:
    """Look at the processes after all of that."""
    mib = [[private_kib(side.served.pid) / 1024] for side in sides]
    return _row(scale, "memory of a process after that", "MiB", mib, SMALL_ENOUGH)
