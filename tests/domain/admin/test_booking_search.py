"""What administrators find of all bookings, and in which order."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from domain.admin import booking_search
from domain.admin.booking_search import BookingSearch, page_of
from domain.rules.slots import SlotState
from domain.seeds.factories import AttendeeFactory
from domain.store import personal_data
from domain.store.bookings.searching import BookingState, Place
from domain.store.core.database import Database, Key
from domain.store.documents import Attendance, Booking, BookingStatus, Expert
from tests.domain.support import DAY
from tests.factories import make_booking, make_expert, make_slot

HOUR = timedelta(hours=1)
UTC = ZoneInfo("UTC")


async def made(
    database: Database,
    at: datetime,
    expert: Expert | None = None,
    *,
    name: str = "Ann Example",
    email: str = "ann@example.org",
    **fields: Any,
) -> Booking:
    slot = await make_slot(database, expert, starts_at=at)
    attendee = AttendeeFactory.build(name=name, email=email)
    return await make_booking(database, slot, attendee=attendee, **fields)


async def found(
    database: Database, now: datetime, zone: ZoneInfo = UTC, **asked: Any
) -> Sequence[Booking]:
    page = await page_of(database, BookingSearch(zone, **asked), now=now)
    return page.bookings


@pytest.mark.parametrize(
    "q",
    [
        "zoe",
        "MÜL",
        "Zoë Müller",
        "mul zo",
        "zoe.m",
        "zoe.m@exam",
        "practice",
        "Q7KX2Z",
        "q7kx2z zoe",
    ],
)
async def test_a_booking_is_found_by_how_name_address_or_reference_begin(
    database: Database, now, q: str
):
    person: dict[str, Any] = {"name": "Zoë Müller", "email": "zoe.m@example.practice"}
    sought = await made(database, now + DAY, reference="Q7KX2ZAB", **person)
    await made(database, now + DAY, name="Zora Miller", email="zora@elsewhere.org")

    assert [booking.id for booking in await found(database, now, q=q)] == [sought.id]


@pytest.mark.parametrize("q", ["uller", "zoe miller", "zoe@", "m@example"])
async def test_the_middle_of_a_word_finds_nothing_and_every_word_has_to_match(
    database: Database, now, q: str
):
    await made(database, now + DAY, name="Zoë Müller", email="zoe.m@example.org")

    assert await found(database, now, q=q) == []


async def test_bookings_are_found_by_their_expert(database: Database, now):
    ada = await make_expert(database, name="Ada Ångström", slug="ada", category="Health")
    bea = await make_expert(database, name="Bea Adams", slug="bea", listed=False, category="Legal")
    zoe = await make_expert(database, name="Zoe Quist", slug="zoe", category="Finance")
    ours, hers = await made(database, now, ada), await made(database, now + HOUR, bea)
    await made(database, now, zoe)

    async def ids(**asked: Any) -> list[Any]:
        return [booking.id for booking in await found(database, now, **asked)]

    assert await ids(expert="ang") == [ours.id]
    assert await ids(expert="ada") == [ours.id], "it is the name of a page"
    assert await ids(expert="ad") == [hers.id, ours.id]
    assert await ids(expert="bea", category="Legal") == [hers.id]
    assert await ids(expert="bea", category="Health") == []
    assert await ids(category="Health") == [ours.id]
    assert await ids(expert="nobody") == []


async def test_days_are_those_of_the_zone_that_is_asked_for(database: Database):
    auckland, day = ZoneInfo("Pacific/Auckland"), date(2031, 9, 28)  # the clocks go forward
    start = datetime(2031, 9, 28, tzinfo=auckland).astimezone(UTC)
    last = datetime(2031, 9, 28, 23, 59, tzinfo=auckland).astimezone(UTC)
    expert = await make_expert(database)
    outside = [start - timedelta(minutes=1), last + timedelta(minutes=1)]
    inside = [await made(database, at, expert) for at in (start, last)]
    for at in outside:
        await made(database, at, expert)

    on_day = await found(database, start, auckland, first=day, last=day, latest_first=False)

    assert [booking.id for booking in on_day] == [booking.id for booking in inside]


@pytest.mark.parametrize(
    ("state", "name"),
    [
        (BookingState.UPCOMING, ["ahead", "now"]),
        (BookingState.PAST, ["over", "came", "missed"]),
        (BookingState.CANCELLED, ["off"]),
        (BookingState.ATTENDED, ["came"]),
        (BookingState.MISSED, ["missed"]),
    ],
)
async def test_states_part_bookings(database: Database, now, state: BookingState, name: list[str]):
    expert = await make_expert(database)
    fields: dict[str, tuple[timedelta, dict[str, Any]]] = {
        "ahead": (HOUR, {}),
        "now": (-HOUR / 4, {}),
        "over": (-HOUR, {}),
        "came": (-2 * HOUR, {"attendance": Attendance.ATTENDED}),
        "missed": (-3 * HOUR, {"attendance": Attendance.MISSED}),
        "off": (2 * HOUR, {"status": BookingStatus.CANCELLED}),
    }
    for told, (away, more) in fields.items():
        await made(database, now + away, expert, name=told, **more)

    listed = await found(database, now, state=state)

    assert [booking.attendee.name for booking in listed] == name


async def test_sessions_outside_their_experts_hours_are_found(database: Database, now):
    expert = await make_expert(database)
    keys = [Key() for _ in range(3)]
    sessions = ((HOUR, False), (2 * HOUR, True), (-3 * HOUR, True))
    for key, (away, retiring) in zip(keys, sessions, strict=True):
        claim = {"state": SlotState.BOOKED, "booking_id": key, "retiring": retiring}
        slot = await make_slot(database, expert, starts_at=now + away, **claim)
        await make_booking(database, slot, id=key)

    listed = await found(database, now, state=BookingState.OUTSIDE_HOURS)

    assert [booking.id for booking in listed] == [keys[1]]


@pytest.mark.parametrize("latest_first", [True, False])
async def test_pages_are_not_moved_by_bookings_that_are_made_meanwhile(
    database: Database, now, monkeypatch, latest_first: bool
):
    monkeypatch.setattr(booking_search, "PAGE_SIZE", 3)
    at_once = [await made(database, now + DAY) for _ in range(5)]
    others = [await made(database, now + n * DAY) for n in (2, 3)]
    before = {booking.id for booking in (*at_once, *others)}

    seen: list[Any] = []
    place: Place | None = None
    while True:
        search = BookingSearch(UTC, latest_first=latest_first, behind=place)
        page = await page_of(database, search, now=now)
        seen += [(booking.starts_at, booking.id) for booking in page.bookings]
        await made(database, now + 9 * DAY if latest_first else now)
        if (place := page.further) is None:
            break

    assert seen == sorted(seen, reverse=latest_first)
    assert {key for _, key in seen} == before


async def test_an_export_reads_all_of_it_part_by_part(database: Database, now, monkeypatch):
    monkeypatch.setattr(booking_search, "_AT_ONCE", 2)
    expert = await make_expert(database)
    for n in range(5):
        await made(database, now + n * DAY, expert)

    search = BookingSearch(UTC, expert=expert.slug, behind=None)
    parts = [part async for part in booking_search.all_of(database, search, now=now)]

    assert [len(part.bookings) for part in parts] == [2, 2, 1]
    assert all(part.experts == {expert.id: expert} for part in parts)


async def test_whoever_was_erased_is_found_by_nothing_of_theirs(database: Database, now):
    booking = await made(database, now - DAY, name="Zoë Müller", email="zoe@example.org")
    await personal_data.erase_bookings(database, {"zoe@example.org"}, now=now)

    for q in ("zoe", "muller", "zoe@example.org", booking.reference):
        assert await found(database, now, q=q) == []
    assert [one.id for one in await found(database, now)] == [booking.id]


async def test_what_an_older_process_books_or_erases_is_caught_up_with(database: Database, now):
    bookings = database.collection(Booking)
    added = await made(database, now + DAY, name="Zoë Müller")
    await bookings.update_one({"_id": added.id}, {"$unset": {"found_by": ""}})
    erased = await made(database, now - DAY, name="Zora", erased_at=now)
    assert await found(database, now, q="zo") == [erased]

    await booking_search.keep_up(database, now=now + HOUR)

    assert [booking.id for booking in await found(database, now, q="zo")] == [added.id]
