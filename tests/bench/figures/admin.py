"""What administrators find among a million bookings, beside what they find among few."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import partial
from time import perf_counter
from typing import Any
from zoneinfo import ZoneInfo

from domain.admin import administrators, attention, booking_search
from domain.admin.booking_search import BookingSearch
from domain.admin.figures import RememberedFigures
from domain.rules.figures import mondays
from domain.rules.log import OPERATOR
from domain.store.bookings.searching import BookingState
from domain.store.core.database import Database, connect
from tests.bench import archives, visitors
from tests.bench.explained import Ask, documents_examined
from tests.bench.ground import fresh, serving
from tests.bench.processes import LOAD, apart
from tests.bench.report import Aim, Row
from tests.bench.rounds import in_rounds
from tests.bench.scale import Scale
from tests.servers import SECRET_KEY
from web.admin.bookings import address_of
from web.http import clock
from web.http.sessions import SessionCookie, new_session

FLAT, IN_A_SECOND = Aim(most=1.5), Aim(most=1_000, of_ratio=False)
ADDRESS = "boss@example.org"
SOMEBODY = 42
TODAY = clock.now().date()
UTC = ZoneInfo("UTC")
SEARCHES: Mapping[str, Mapping[str, Any]] = {
    "all bookings": {},
    "a last name": {"q": "okonjo"},
    "two names": {"q": archives.name_of(SOMEBODY)},
    "a letter": {"q": "o"},
    "a reference": {"q": "ARCH00000042"},
    "an e-mail": {"q": archives.email_of(SOMEBODY)},
    "an expert": {"expert": "an"},
    "a field": {"category": "Health"},
    "what was missed": {"state": BookingState.MISSED},
    "what is to come of a letter in a field": {
        "q": "o",
        "category": "Health",
        "state": BookingState.UPCOMING,
    },
    "a day": {"first": TODAY, "last": TODAY + timedelta(days=1)},
    "the earliest": {"latest_first": False},
}


def measure(server: str, scale: Scale) -> Sequence[Row]:
    """Open the same pages of two programs in turn, one page at a time."""
    many, few = fresh(server), fresh(server)
    for uri, count in ((many, scale.archived), (few, scale.archived // archives.FEW)):
        fill(uri, scale.experts, count)
    rows = [*examined(scale, [many, few]), *_rows_anew(scale, [many, few])]
    with serving(many) as of_many, serving(few) as of_few:
        urls = [of_many.url, of_few.url]
        paths = {name: address_of(_search(name)) for name in SEARCHES}
        rows += [_row(name, scale, urls, path, FLAT) for name, path in paths.items()]
        return [*rows, _row("the overview", scale, urls, "/admin", IN_A_SECOND)]


def fill(uri: str, experts: int, bookings: int) -> None:
    """Add an archive, and who administers it."""
    archives.fill(uri, experts=experts, bookings=bookings)
    asyncio.run(_add_administrator(uri))


async def _add_administrator(uri: str) -> None:
    database = connect(uri)
    await administrators.add(database, ADDRESS, by=OPERATOR, now=clock.now())
    await database.close()


def examined(scale: Scale, uris: Sequence[str]) -> Sequence[Row]:
    """Count what the database looks at for each page."""
    work: dict[str, Ask] = {name: partial(_page, name=name) for name in SEARCHES}
    work["what wants attention"] = _attention
    bound = Aim(most=scale.experts + 3 * booking_search.PAGE_SIZE, of_ratio=False)
    bounded = [_examined(name, ask, scale, uris, bound) for name, ask in work.items()]
    return [*bounded, _examined("eight weeks, all of their bookings,", _weeks, scale, uris)]


def _examined(
    name: str, ask: Ask, scale: Scale, uris: Sequence[str], aim: Aim | None = None
) -> Row:
    many, few = ([float(asyncio.run(documents_examined(uri, ask)))] for uri in uris)
    figure = f"{name} among {scale.archived:,} bookings"
    return Row(figure, "documents examined", many, few, aim, _beside(scale))


def _search(name: str) -> BookingSearch:
    return BookingSearch(UTC, **SEARCHES[name])


async def _page(database: Database, *, name: str) -> None:
    await booking_search.page_of(database, _search(name), now=clock.now())


async def _attention(database: Database) -> None:
    await attention.look(database, now=clock.now())


async def _weeks(database: Database) -> None:
    await RememberedFigures(database).of(mondays(TODAY)[0], UTC.key, now=clock.now())


async def _first_rows(database: Database) -> None:
    """Begin a file of all bookings: its first rows are read, and no more."""
    assert await anext(booking_search.all_of(database, _search("all bookings"), now=clock.now()))


def _rows_anew(scale: Scale, uris: Sequence[str]) -> Sequence[Row]:
    return [
        _row_anew("the first rows of a file", _first_rows, scale, uris, FLAT),
        _row_anew("eight weeks, counted anew,", _weeks, scale, uris, IN_A_SECOND),
    ]


def _row_anew(name: str, ask: Ask, scale: Scale, uris: Sequence[str], aim: Aim) -> Row:
    times = max(scale.requests // 100, 1)
    ms = (partial(apart, LOAD, _ms_of, uri, ask, times) for uri in uris)
    many, few = in_rounds(name, scale.rounds, *ms)
    return _of(name, scale, many, few, aim)


async def _ms_of(uri: str, ask: Ask, times: int) -> float:
    database = connect(uri)
    begun = perf_counter()
    for _ in range(times):
        await ask(database)
    taken = perf_counter() - begun
    await database.close()
    return 1000 * taken / times


def _row(name: str, scale: Scale, urls: Sequence[str], path: str, aim: Aim) -> Row:
    cookies = _signed_in()

    def ms_of_a_page(url: str) -> float:
        taken = apart(LOAD, visitors.read, url, path, 1, scale.requests // 10, cookies=cookies)
        return 1000 / taken.rate

    many, few = in_rounds(name, scale.rounds, *(partial(ms_of_a_page, url) for url in urls))
    return _of(name, scale, many, few, aim)


def _signed_in() -> Mapping[str, str]:
    cookie = SessionCookie([SECRET_KEY], secure=False)
    return {cookie.name: cookie.write(new_session().signing_in(ADDRESS, clock.now())).value or ""}


def _of(name: str, scale: Scale, many: Sequence[float], few: Sequence[float], aim: Aim) -> Row:
    figure = f"{name} among {scale.archived:,} bookings"
    return Row(figure, "ms", many, few, aim, _beside(scale))


def _beside(scale: Scale) -> str:
    return f"among {scale.archived // archives.FEW:,}"
