"""What administrators find among a million bookings, beside what they find among few."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import partial
from time import perf_counter
from zoneinfo import ZoneInfo

from domain.admin import administrators, booking_search
from domain.admin.booking_search import BookingSearch
from domain.rules.log import OPERATOR
from domain.store.core.database import connect
from tests.bench import archives, visitors
from tests.bench.ground import fresh, serving
from tests.bench.processes import LOAD, apart
from tests.bench.report import Aim, Row
from tests.bench.rounds import in_rounds
from tests.bench.scale import Scale
from tests.catalogues import make_catalogue
from tests.servers import SECRET_KEY
from web.http import clock
from web.http.sessions import SessionCookie, new_session

FEW = 100
"""The small archive has one booking of so many: at full size still enough to fill each page."""
ADDRESS = "boss@example.org"
TODAY = clock.now().date()
PATHS = {
    "all bookings": "",
    "a last name": "q=okonjo",
    "two names": "q=adele+okonjo",
    "a letter": "q=o",
    "a reference": "q=ARCH00000042",
    "an e-mail": "q=adele.okonjo0@example.org",
    "an expert": "expert=an",
    "a field": "category=Health",
    "what was missed": "state=missed",
    "what is to come of a letter in a field": "q=o&category=Health&state=upcoming",
    "a day": f"from={TODAY}&until={TODAY + timedelta(days=1)}",
    "the earliest": "order=earliest",
}


def measure(server: str, scale: Scale) -> Sequence[Row]:
    """Open the same searches of two programs in turn, one page at a time."""
    many, few = fresh(server), fresh(server)
    for uri, count in ((many, scale.archived), (few, scale.archived // FEW)):
        asyncio.run(_make(uri, scale.experts))
        archives.fill(uri, count)
    with serving(many) as of_many, serving(few) as of_few:
        urls = [of_many.url, of_few.url]
        rows = [_row(name, scale, urls, path) for name, path in PATHS.items()]
    return [*rows, _first_rows(scale, [many, few])]


async def _make(uri: str, experts: int) -> None:
    await make_catalogue(uri, experts=experts, past_bookings=0)
    database = connect(uri)
    await administrators.add(database, ADDRESS, by=OPERATOR, now=clock.now())
    await database.close()


def _row(name: str, scale: Scale, urls: Sequence[str], query: str) -> Row:
    path, cookies = f"/admin/bookings?{query}", _signed_in()

    def ms_of_a_page(url: str) -> float:
        taken = apart(LOAD, visitors.read, url, path, 1, scale.requests // 10, cookies=cookies)
        return 1000 / taken.rate

    many, few = in_rounds(name, scale.rounds, *(partial(ms_of_a_page, url) for url in urls))
    return _of(f"{name} among {scale.archived:,} bookings", scale, many, few)


def _signed_in() -> Mapping[str, str]:
    cookie = SessionCookie([SECRET_KEY], secure=False)
    return {cookie.name: cookie.write(new_session().signing_in(ADDRESS, clock.now())).value or ""}


def _first_rows(scale: Scale, uris: Sequence[str]) -> Row:
    """Measure how soon a file of all bookings begins: its first rows are read, and no more."""
    times = max(scale.requests // 100, 1)
    ms = (partial(apart, LOAD, _ms_of_first_rows, uri, times) for uri in uris)
    many, few = in_rounds("the file", scale.rounds, *ms)
    return _of(f"the first rows of a file of {scale.archived:,}", scale, many, few)


async def _ms_of_first_rows(uri: str, times: int) -> float:
    database = connect(uri)
    begun = perf_counter()
    for _ in range(times):
        parts = booking_search.all_of(database, BookingSearch(ZoneInfo("UTC")), now=clock.now())
        assert (await anext(parts)).bookings
    taken = perf_counter() - begun
    await database.close()
    return 1000 * taken / times


def _of(name: str, scale: Scale, many: Sequence[float], few: Sequence[float]) -> Row:
    return Row(name, "ms", many, few, Aim(most=1.5), f"among {scale.archived // FEW:,}")
