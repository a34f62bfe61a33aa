"""What administrators search for is read, and little else, whichever filters are combined."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import combinations
from typing import Any

import pytest

from domain.seeds.factories import AttendeeFactory, BookingFactory
from domain.store.bookings import searching
from domain.store.bookings.searching import BookingState, Place, Wanted
from domain.store.core.database import Database, Key
from domain.store.documents import Attendance, Booking, BookingStatus
from tests.store.queries import FEW, asking, plan_of

pytestmark = pytest.mark.usefixtures("needs_mongod")

HOUR = timedelta(hours=1)
BOOKINGS = 600
EXPERTS = [Key() for _ in range(20)]
LIMIT = 51


def booking(n: int, now: datetime) -> Booking:
    """Bookings around now, of which each tenth or so has what is searched for."""
    starts_at = now + (n - BOOKINGS // 2) * HOUR
    name, local = ("Zoë Llewellyn", "zoe") if n % 11 == 0 else ("Ben Okonjo", "ben")
    fields: dict[str, Any] = {"status": BookingStatus.CANCELLED} if n % 7 == 0 else {}
    if not fields and starts_at < now:
        missed = n % 13 == 0
        fields = {"attendance": Attendance.MISSED if missed else Attendance.ATTENDED}
    attendee = AttendeeFactory.build(name=name, email=f"{local}{n}@example.org")
    expert_id = EXPERTS[n % len(EXPERTS)]
    return BookingFactory.build(
        starts_at=starts_at, expert_id=expert_id, attendee=attendee, **fields
    )


def asked(now: datetime) -> Mapping[str, Wanted]:
    """Each filter alone, and each two of them together."""
    filters = [
        Wanted(words=("zoe",)),
        Wanted(words=("llewel",)),
        Wanted(words=("llewellyn",)),
        Wanted(words=("llew", "zoe")),
        Wanted(expert_ids=EXPERTS[:1]),
        Wanted(expert_ids=EXPERTS[1:4]),
        Wanted(start=now, end=now + 30 * HOUR),
        *(Wanted(state=state) for state in BookingState),
    ]
    pairs = [(one, _both(one, other)) for one, other in combinations(filters, 2)]
    return {str(wanted): wanted for wanted in (Wanted(), *filters, *(both for _, both in pairs))}


def _both(one: Wanted, other: Wanted) -> Wanted:
    """Return what matches both; of two for the same field the later."""
    given = {name: value for name, value in vars(other).items() if value not in (None, ())}
    return replace(one, **given)


def fewest(wanted: Wanted, found: Mapping[str, int]) -> int:
    """Return how many bookings the filter matches that matches the fewest."""
    alone = [
        Wanted(words=wanted.words),
        Wanted(expert_ids=wanted.expert_ids),
        Wanted(start=wanted.start, end=wanted.end),
        Wanted(state=wanted.state),
    ]
    return min(found[str(one)] for one in alone)


def sorting(wanted: Wanted) -> set[str]:
    """Return what a plan may not do: sort, unless it is what the rarer of two filters matches."""
    given = [value for value in vars(wanted).values() if value not in (None, ())]
    is_one = len(given) <= 1 or given == [wanted.start, wanted.end]
    return {"SORT"} if is_one else set()


@pytest.mark.parametrize("latest_first", [True, False])
async def test_a_search_reads_no_more_than_its_rarest_filter_matches(
    database: Database, database_uri: str, now: datetime, latest_first: bool
):
    made = [booking(n, now).model_dump_doc() for n in range(BOOKINGS)]
    await database.collection(Booking).insert_many(made)
    middle = Place(now, Key())
    searches, found, complaints = asked(now), {}, {}
    for name, wanted in searches.items():
        found[name] = len(await searching.found(database, wanted, limit=BOOKINGS, now=now))

    async with asking(database, database_uri) as listening:
        for name, wanted in searches.items():
            for behind in (None, middle):
                given = {"matching": wanted, "behind": behind, "latest_first": latest_first}
                more = {"database": listening.database, "limit": LIMIT, "now": now}
                (query,) = await listening.by(searching.found, {**given, **more})
                plan = await plan_of(query, database)
                is_led = not ({"COLLSCAN"} | sorting(wanted)) & {*plan.stages}
                if not is_led or plan.examined > fewest(wanted, found) + FEW:
                    complaints[name, behind] = plan

    assert complaints == {}
    assert len(searches) > 50


async def test_an_address_leads_to_its_bookings(
    database: Database, database_uri: str, now: datetime
):
    made = [booking(n, now).model_dump_doc() for n in range(BOOKINGS)]
    await database.collection(Booking).insert_many(made)

    async with asking(database, database_uri) as listening:
        wanted = Wanted(addresses=("zoe11@",))
        given = {"database": listening.database, "matching": wanted, "limit": LIMIT, "now": now}
        (query,) = await listening.by(searching.found, given)
    plan = await plan_of(query, database)

    assert "COLLSCAN" not in plan.stages
    assert plan.examined == 1
