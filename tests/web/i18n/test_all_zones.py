"""In every zone, around every clock change: the times that an expert's hours want are those that
are published, listed, booked, told, in the expert's agenda and in calendars.

That the hours want the right ones is for tests/domain/rules/test_hours_in_all_zones.py. The wall
times that pages and mails show are read back by another implementation of zones than the one that
they are written by. The long form takes all zones and five years; the short one a sample.
"""

import re
import secrets
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from random import Random
from typing import Any

import pytest
from icalendar import Calendar
from whenever import Instant, PlainDateTime

from domain.booking import claims
from domain.desk import agenda, publishing
from domain.rules.availability import wanted
from domain.rules.notices import Kind, Recipient
from domain.rules.schedule import day_of
from domain.seeds.factories import AttendeeFactory, BookingFactory, ExpertFactory
from domain.store.bookings import reading as booking_store
from domain.store.core.database import Database
from domain.store.documents import Booking, Expert, Slot
from domain.store.documents.agreements import Terms
from domain.store.documents.hours import KeptRule, WorkingHours
from domain.store.experts.diaries import diary_of, today_of
from tests.calendars import read
from tests.domain.diaries import expert_with, slots_of
from tests.domain.support import HOLD
from tests.factories import SESSION, slot_of
from tests.mail.support import MAIL_FROM, letters
from tests.web.conftest import Site
from tests.web.desk.signing_in import at_desk
from tests.web.mailed import address
from tests.web.visitors import Visitor
from tests.zones import END, NOTABLE, START, YEARS, some_zones
from web.booking.facts import attendee_of
from web.calendars.files import Method, agenda_of, calendar_of
from web.desk.agenda import Span, View, days_of
from web.experts.times import TimesRenderer
from web.http.templating import environment
from web.i18n.clock_changes import clock_changes
from web.i18n.zones import known_zones, zone_info

SHARES_SITE = True

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
BEFORE = timedelta(hours=3)
"""How long before a change the times are published, looked at and booked."""
OPENS, CLOSES = timedelta(hours=-2), timedelta(minutes=150)
"""The expert's hours, from a change on."""
STEPS = [timedelta(minutes=minutes) for minutes in range(-120, 121, 30)]
"""When times start within them, for an expert whose clocks don't change then."""
ELSEWHERE = "Asia/Tokyo"
"""The zone of an expert whose clocks don't change: their times have both of two wall times."""

OTHERS_IN_SAMPLE = 8

environment_ = environment()
renderer = TimesRenderer(environment_)
writer = letters()


@dataclass(frozen=True)
class Moment:
    """A zone at an instant around which times are offered."""

    zone: str
    at: datetime

    @property
    def now(self) -> datetime:
        """When they are published, looked at and booked."""
        return self.at - BEFORE


Shown = tuple[date, str, str]
"""How a page shows a time: its day, its wall time, and its machine's time."""


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


def hours_around(home: str, at: datetime, **more: Any) -> WorkingHours:
    """Weekly hours, in an expert's zone, that cross an instant."""
    opens, closes = ((at + away).astimezone(zone_info(home)) for away in (OPENS, CLOSES))
    midnight = datetime.combine(closes, time.min, tzinfo=closes.tzinfo)
    rules = [
        KeptRule(
            key=f"{first}",
            weekday=first.weekday(),
            opens=f"{first:%H:%M}",
            closes=f"{last:%H:%M}",
            **more,
        )
        for first, last in pairwise(sorted({opens, max(opens, midnight), closes}))
    ]
    return WorkingHours(rules=rules)


async def published_around(
    database: Database, moment: Moment, home: str
) -> tuple[Expert, list[Slot]]:
    """Publish an expert's hours around a moment; hold what is published to what they want."""
    hours = hours_around(home, moment.at)
    given = {"zone": home, "session_minutes": SESSION // MINUTE, "terms": Terms(horizon_days=1)}
    expert = await expert_with(database, hours, **given)
    await publishing.publish(database, expert.id, now=moment.now)
    slots = await slots_of(database, expert.id)
    today = today_of(expert, moment.now)
    diary = diary_of(expert, hours, today)
    assert [(s.starts_at, s.ends_at) for s in slots] == wanted(diary, first_on=today, days=3)
    assert slots[0].starts_at < moment.at < slots[-1].starts_at, moment
    return expert, slots


def listed(slots: Sequence[Slot], zone: str, now: datetime) -> dict[str, Shown]:
    """What the list of times shows of each slot."""
    return shown_on(renderer.times(slots, zone=zone, language="en", now=now))


def shown_on(page: str, part: str = "day", day: str = "day", row: str = "slot") -> dict[str, Shown]:
    """What a page shows of each slot; with the names of the agenda's parts, of each session."""
    found = {}
    for section in page.split(f'<section class="{part}')[1:]:
        on = date.fromisoformat(re.search(rf'id="{day}-([\d-]+)"', section)[1])  # type: ignore[index]
        for key, machine, wall in re.findall(
            rf'id="{row}-(\w+)".*?<time\b[^>]*\bdatetime="([^"]+)"[^>]*>([^<]+)</time>',
            section,
            re.DOTALL,
        ):
            found[key] = (on, wall, machine)
    return found


def agenda_on(page: str) -> dict[str, Shown]:
    """What an agenda shows of each session."""
    return shown_on(page, "agenda__day", "agenda", "session")


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


def unbooked(zone: str, starts_at: datetime) -> Booking:
    """A booking as it would be of a time."""
    times: dict[str, Any] = {"starts_at": starts_at, "ends_at": starts_at + SESSION}
    return BookingFactory.build(attendee=AttendeeFactory.build(zone=zone), **times)


def check_list(moment: Moment, slots: Sequence[Slot]) -> dict[str, Shown]:
    """Hold the list to the slots; return what is shown of each."""
    shown = listed(slots, moment.zone, moment.now)
    assert shown.keys() == {str(slot.id) for slot in slots}, moment
    for slot in slots:
        day, wall, machine = shown[str(slot.id)]
        assert datetime.fromisoformat(machine) == slot.starts_at, moment
        assert meaning(moment.zone, day, wall) == slot.starts_at, moment
    return shown


async def check_booking(
    database: Database, moment: Moment, slot: Slot, expert: Expert, wall: str
) -> Booking:
    """Book a slot; hold the booking, its page, its mail and its calendar file to the list."""
    made = await claims.book(
        database,
        slot.id,
        "ann",
        AttendeeFactory.build(zone=moment.zone, language="en"),
        request_key=f"key {slot.id}",
        now=moment.now,
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
    letter = writer.bookings.about(
        Kind.CONFIRMATION, Recipient.ATTENDEE, booking, expert, moment.now
    )
    assert f", {wall}\N{EN DASH}" in details, moment
    assert f", {wall}\N{EN DASH}" in letter.text, moment
    assert read(letter.calendar).standard_says("dtstart") == slot.starts_at, moment
    check_calendar(booking, moment.now)
    return booking


async def check_agenda(
    database: Database, moment: Moment, expert: Expert, booked: dict[str, Shown]
) -> None:
    """Hold the expert's agenda, and its calendar, to how the list showed what is booked."""
    today = day_of(moment.now, zone_info(moment.zone))
    span = Span(View.LIST, today, today, moment.zone)
    sessions = await agenda.sessions(database, expert, *span.instants)
    page = environment_.get_template("desk/_agenda.html").render(
        expert=expert,
        span=span,
        days=days_of(sessions, span),
        count=len(sessions),
        next_turn=None,
        zone=moment.zone,
        language="en",
        now=moment.now,
    )
    assert agenda_on(page) == booked, moment
    file = agenda_of(sessions, expert, sender=MAIL_FROM, desk="", now=moment.now)
    assert begins(file) == {
        reference: datetime.fromisoformat(machine)
        for reference, (_day, _wall, machine) in booked.items()
    }


def begins(file: bytes) -> dict[str, datetime]:
    """When an agenda's calendar puts each session: in UTC, for it defines no zone."""
    events = Calendar.from_ical(file).walk("VEVENT")
    assert not any("TZID" in one["dtstart"].params for one in events)
    return {str(one["uid"]).partition("@")[0]: one.decoded("dtstart") for one in events}


def some_of(slots: Sequence[Slot], shown: dict[str, Shown], random: Random) -> dict[str, Slot]:
    """A time at random, and all that share a wall time, where clocks show one twice."""
    chosen = [random.choice(slots)]
    walls = {str(slot.id): shown[str(slot.id)][1] for slot in slots}
    twice = [wall for wall in walls.values() if "UTC" in wall]
    if twice:
        chosen += [slot for slot in slots if walls[str(slot.id)].split()[0] == twice[-1].split()[0]]
    return {str(slot.id): slot for slot in chosen}


async def check_moment(
    database: Database, moment: Moment, home: str, random: Random
) -> Counter[str]:
    """Follow an expert's times from their hours into calendars; return how many there were."""
    expert, slots = await published_around(database, moment, home)
    shown = check_list(moment, slots)
    booked = {}
    for key, slot in some_of(slots, shown, random).items():
        booking = await check_booking(database, moment, slot, expert, shown[key][1])
        booked[booking.reference] = shown[key]
    await check_agenda(database, moment, expert, booked)
    twice = sum("UTC" in wall for _day, wall, _machine in booked.values())
    return Counter(listed=len(slots), booked=len(booked), twice=twice)


async def check_zone(
    database: Database, zone: str, random: Random, *, most: int = 1_000
) -> Counter[str]:
    """Check a zone's moments, with an expert who lives there and with one who doesn't."""
    counts = Counter[str]()
    for moment in moments_of(zone, random)[-most:]:
        for home in (zone, ELSEWHERE):
            counts += await check_moment(database, moment, home, random)
        for step in STEPS:
            check_calendar(unbooked(moment.zone, moment.at + step), moment.now)
    return counts


async def test_what_the_hours_want_is_published_listed_booked_and_in_agenda_and_calendar(
    database: Database,
):
    random, counts = Random(START.year), Counter[str]()

    for zone in some_zones(OTHERS_IN_SAMPLE):
        counts += await check_zone(database, zone, random, most=2)

    assert counts["twice"] > 2 * len(NOTABLE)


@pytest.mark.soak
@pytest.mark.timeout(7_200)
async def test_it_is_so_in_all_zones_around_every_change_of_five_years(
    database: Database, capsys: pytest.CaptureFixture[str]
):
    random, counts = Random(START.year), Counter[str]()

    for zone in sorted(known_zones()):
        counts += await check_zone(database, zone, random)

    with capsys.disabled():
        print(  # noqa: T201 - the figure
            f"\n{len(known_zones())} zones: {counts['listed']} times listed, "
            f"{counts['booked']} booked, {counts['twice']} of them at a wall time that comes twice."
        )


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
    expert, slots = await published_on(site, change.at, calendar_key=secrets.token_urlsafe())
    shown: dict[str, Shown] = {}
    for day in {slot.starts_at.astimezone(zone_info(zone)).date() for slot in slots}:
        page = await ann.get(f"/experts/{expert.slug}?day={day}&zone={zone}")
        shown |= shown_on(page.text)

    booked = {}
    for slot in slots[3:6]:
        day, wall, _ = how = shown[str(slot.id)]
        assert meaning(zone, day, wall) == slot.starts_at
        reference = await ann.booked(slot.id, email=f"{slot.id}@example.org")
        page = await ann.get(f"/bookings/{reference}")
        file = read((await ann.get(f"/bookings/{reference}/calendar.ics")).content)
        assert f", {wall}\N{EN DASH}" in page.text
        assert file.standard_says("dtstart") == file.library_says("dtstart") == slot.starts_at
        booked[reference] = how

    assert shown.keys() == {str(slot.id) for slot in slots}
    async with at_desk(site, expert) as ada:
        page = await ada.get(f"/desk?day={min(on for on, *_ in booked.values())}&zone={zone}")
    assert agenda_on(page.text) == booked
    calendar = await ann.get(f"/desk/calendar/{expert.calendar_key}.ics")
    assert [*begins(calendar.content).values()] == [slot.starts_at for slot in slots[3:6]]


async def published_on(site: Site, at: datetime, **fields: Any) -> tuple[Expert, list[Slot]]:
    """Publish the hours of an expert who lives elsewhere, from the day of an instant on."""
    first, today = (day_of(when, zone_info(ELSEWHERE)) for when in (at + OPENS, site.now))
    expert = await expert_with(
        site.database,
        hours_around(ELSEWHERE, at, since=first.isoformat()),
        zone=ELSEWHERE,
        session_minutes=SESSION // MINUTE,
        terms=Terms(horizon_days=(first - today).days + 2),
        email=address(),
        **fields,
    )
    await publishing.publish(site.database, expert.id, now=site.now)
    return expert, await slots_of(site.database, expert.id)


def test_a_list_that_is_an_hour_off_would_be_found_out():
    """The negative control."""
    zone, expert = "Europe/Berlin", ExpertFactory.build()
    change = clock_changes(zone, START, END)[0].at
    slot = slot_of(expert.id, change)
    late = slot.model_copy(update={"starts_at": change + timedelta(hours=1)})

    shown = listed([late], zone, change - BEFORE)[str(slot.id)]

    assert meaning(zone, *shown[:2]) != slot.starts_at
