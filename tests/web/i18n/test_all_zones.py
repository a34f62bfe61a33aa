"""In every zone, around every clock change: what is listed is booked, told and in the calendar.

The wall times that pages and mails show are read back by another implementation of zones than the
one that they are written by. The long form takes all zones and five years; the short one a sample.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from random import Random
from typing import Any

import pytest
from whenever import Instant, PlainDateTime

from domain import claims
from domain.rules.notices import Kind, Recipient
from domain.seeds.factories import AttendeeFactory, BookingFactory, ExpertFactory
from domain.store.bookings import reading as booking_store
from domain.store.core.database import Database
from domain.store.documents import Booking, Expert, Slot
from tests.calendars import read
from tests.domain.support import HOLD
from tests.factories import make_expert, slot_of
from tests.mail.support import MAIL_FROM, letters
from tests.web.conftest import Site
from tests.web.visitors import Visitor
from web.booking.facts import attendee_of
from web.calendars.files import Method, calendar_of
from web.experts.times import TimesRenderer
from web.http.templating import environment
from web.i18n.clock_changes import clock_changes
from web.i18n.zones import known_zones, zone_info

SHARES_SITE = True

YEARS = range(2026, 2031)
START, END = datetime(YEARS[0], 1, 1, tzinfo=UTC), datetime(YEARS[-1] + 1, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
BEFORE = timedelta(hours=3)
"""How long before a change the list is looked at and times are booked."""
STEPS = [timedelta(minutes=minutes) for minutes in range(-120, 121, 30)]
"""When times start, from a change on."""

IN_SAMPLE = 24
NOTABLE = (
    "Africa/Cairo",  # midnight is skipped
    "Africa/Casablanca",  # twice a year, by the moon
    "America/Havana",  # midnight comes twice
    "America/St_Johns",  # half an hour off
    "Antarctica/Troll",  # two hours at once
    "Australia/Lord_Howe",  # half an hour at once
    "Europe/Dublin",  # its winter is the exception
    "Pacific/Chatham",  # three quarters off
)

environment_ = environment()
renderer = TimesRenderer(environment_)


@dataclass(frozen=True)
class Moment:
    """A zone at an instant around which times are offered."""

    zone: str
    at: datetime


def offset(zone: str, instant: datetime) -> timedelta:
    """The offset of a zone, by the other implementation."""
    return Instant(instant).to_tz(zone).offset.to_stdlib()


def moments_of(zone: str, random: Random) -> list[Moment]:
    """The clock changes of five years; some instants of a zone that has none."""
    changes = clock_changes(zone, START, END)
    if changes:
        return [Moment(zone, change.at) for change in changes]
    days = [START + n * DAY for n in range((END - START) // DAY)]
    return [Moment(zone, day) for day in random.sample(days, len(YEARS))]


def listed(slots: Sequence[Slot], zone: str, now: datetime) -> dict[str, tuple[date, str, str]]:
    """What the list of times shows of each slot."""
    return shown_on(renderer.times(slots, zone=zone, language="en", now=now))


def shown_on(page: str) -> dict[str, tuple[date, str, str]]:
    """What a page shows of each slot: its day, its wall time, and its machine's time."""
    found = {}
    for section in page.split('<section class="day')[1:]:
        day = date.fromisoformat(re.search(r'id="day-([\d-]+)"', section)[1])  # type: ignore[index]
        for slot_id, machine, wall in re.findall(
            r'id="slot-(\w+)".*?<time class="slot__time"\s+datetime="([^"]+)"[^>]*>([^<]+)</time>',
            section,
            re.DOTALL,
        ):
            found[slot_id] = (day, wall, machine)
    return found


def meaning(zone: str, day: date, wall: str) -> datetime:
    """The one instant that a wall time of a zone means; fails where it could mean two."""
    hour, minute, sign, hours, minutes = re.fullmatch(  # type: ignore[union-attr]
        r"(\d\d):(\d\d)(?: \(UTC([+-])(\d\d):(\d\d)\))?", wall
    ).groups()
    plain = PlainDateTime(day.year, day.month, day.day, int(hour), int(minute))
    if sign is None:
        only = plain.assume_tz(zone, disambiguation="raise")
        return only.to_instant().to_stdlib()
    ahead = timedelta(hours=int(sign + hours), minutes=int(sign + minutes))
    two = [plain.assume_tz(zone, disambiguation=which) for which in ("earlier", "later")]
    (found,) = [one for one in two if one.offset.to_stdlib() == ahead]
    return found.to_instant().to_stdlib()


def check_calendar(booking: Booking, now: datetime) -> None:
    reader = attendee_of(booking)
    file = read(
        calendar_of(booking, reader, method=Method.PUBLISH, sender=MAIL_FROM, page="", now=now)
    )
    for name, instant in (("dtstart", booking.starts_at), ("dtend", booking.ends_at)):
        assert file.standard_says(name) == file.library_says(name) == instant


def unbooked(slot: Slot, zone: str) -> Booking:
    """A booking of a slot as it would be."""
    times: dict[str, Any] = {"starts_at": slot.starts_at, "ends_at": slot.ends_at}
    return BookingFactory.build(attendee=AttendeeFactory.build(zone=zone), **times)


def check_list(moment: Moment, slots: Sequence[Slot]) -> dict[str, str]:
    """Hold the list and the calendar files to the slots; return the wall times by slot."""
    now = moment.at - BEFORE
    shown = listed(slots, moment.zone, now)
    assert shown.keys() == {str(slot.id) for slot in slots}, moment
    for slot in slots:
        day, wall, machine = shown[str(slot.id)]
        assert datetime.fromisoformat(machine) == slot.starts_at, moment
        assert meaning(moment.zone, day, wall) == slot.starts_at, moment
        check_calendar(unbooked(slot, moment.zone), now)
    return {slot_id: wall for slot_id, (_, wall, _) in shown.items()}


async def check_booking(
    database: Database, moment: Moment, slot: Slot, expert: Expert, wall: str
) -> None:
    """Book a slot; hold the booking, its page, its mail and its calendar file to the list."""
    now = moment.at - BEFORE
    await database.engine.save(slot)
    made = await claims.book(
        database,
        slot.id,
        "ann",
        AttendeeFactory.build(zone=moment.zone, language="en"),
        request_key=f"key {slot.id}",
        now=now,
        hold_for=HOLD,
        overlap=True,
    )
    booking = await booking_store.find(database, made.id)
    assert booking is not None
    assert booking.starts_at == slot.starts_at, moment
    details = environment_.get_template("account/_booking_details.html").render(
        booking=booking,
        agreed=booking.agreed,
        venue=None,
        zone=moment.zone,
        language="en",
        clock_notes=[],
    )
    letter = letters().bookings.about(Kind.CONFIRMATION, Recipient.ATTENDEE, booking, expert, now)
    assert f", {wall}\N{EN DASH}" in details, moment
    assert f", {wall}\N{EN DASH}" in letter.text, moment
    assert read(letter.calendar).standard_says("dtstart") == slot.starts_at, moment
    check_calendar(booking, now)


def some_of(slots: Sequence[Slot], walls: dict[str, str], random: Random) -> Iterator[Slot]:
    """A time at random, and one that says which of two it is, if there is one."""
    yield random.choice(slots)
    twice = [slot for slot in slots if "UTC" in walls[str(slot.id)]]
    if twice:
        yield twice[-1]


async def check_zone(
    database: Database, zone: str, random: Random, *, most: int = 1_000
) -> tuple[int, int]:
    """Check a zone's moments; return how many times were listed, and how many booked."""
    expert = await make_expert(database, zone="Asia/Tokyo")
    offered = booked = 0
    for moment in moments_of(zone, random)[-most:]:
        slots = [slot_of(expert.id, moment.at + step) for step in STEPS]
        walls = check_list(moment, slots)
        offered += len(slots)
        for slot in {slot.id: slot for slot in some_of(slots, walls, random)}.values():
            await check_booking(database, moment, slot, expert, walls[str(slot.id)])
            booked += 1
    return offered, booked


async def test_what_is_listed_is_booked_told_and_in_the_calendar(database: Database):
    random = Random(START.year)
    zones = {*NOTABLE, *random.sample(sorted(known_zones()), IN_SAMPLE - len(NOTABLE))}

    for zone in sorted(zones):
        await check_zone(database, zone, random, most=2)


@pytest.mark.soak
@pytest.mark.timeout(3_600)
async def test_it_is_so_in_all_zones_around_every_change_of_five_years(
    database: Database, capsys: pytest.CaptureFixture[str]
):
    random = Random(START.year)
    counts = [await check_zone(database, zone, random) for zone in sorted(known_zones())]

    offered, booked = (sum(each) for each in zip(*counts, strict=True))
    with capsys.disabled():
        print(f"\n{len(counts)} zones: {offered} times listed, {booked} booked.")  # noqa: T201 - the figure


@pytest.mark.soak
@pytest.mark.timeout(3_600)
def test_every_change_of_clocks_is_known():
    days = [START + n * DAY for n in range((END - START) // DAY + 1)]
    for zone in sorted(known_zones()):
        seen = sum(offset(zone, one) != offset(zone, next_) for one, next_ in pairwise(days))
        assert len(clock_changes(zone, START, END)) == seen, zone


@pytest.mark.parametrize("zone", NOTABLE)
async def test_it_is_so_on_the_server_at_the_next_change(site: Site, ann: Visitor, zone: str):
    change = clock_changes(zone, site.now + DAY, site.now + 364 * DAY)[0]
    expert = await site.expert(zone="Asia/Tokyo")
    slots = [await site.slot(expert, starts_at=change.at + step) for step in STEPS[3:6]]
    shown: dict[str, tuple[date, str, str]] = {}
    for day in {slot.starts_at.astimezone(zone_info(zone)).date() for slot in slots}:
        page = await ann.get(f"/experts/{expert.slug}?day={day}&zone={zone}")
        shown |= shown_on(page.text)

    for slot in slots:
        day, wall, _ = shown[str(slot.id)]
        assert meaning(zone, day, wall) == slot.starts_at
        reference = await ann.booked(slot.id, email=f"{slot.id}@example.org")
        page = await ann.get(f"/bookings/{reference}")
        file = read((await ann.get(f"/bookings/{reference}/calendar.ics")).content)
        assert f", {wall}\N{EN DASH}" in page.text
        assert file.standard_says("dtstart") == file.library_says("dtstart") == slot.starts_at


def test_a_list_that_is_an_hour_off_would_be_found_out():
    """The negative control."""
    zone, expert = "Europe/Berlin", ExpertFactory.build()
    change = clock_changes(zone, START, END)[0].at
    slot = slot_of(expert.id, change)
    late = slot.model_copy(update={"starts_at": change + timedelta(hours=1)})

    shown = listed([late], zone, change - BEFORE)[str(slot.id)]

    assert meaning(zone, *shown[:2]) != slot.starts_at
