from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from domain.rules import schedule
from domain.rules.instants import EPOCH
from domain.rules.schedule import Part
from domain.rules.slots import LEAD, SlotState

BERLIN = ZoneInfo("Europe/Berlin")
TOKYO = ZoneInfo("Asia/Tokyo")


@dataclass
class Facts:
    starts_at: datetime
    state: SlotState = SlotState.OPEN
    held_by: str | None = None
    held_since: datetime = EPOCH
    held_until: datetime = EPOCH
    retiring: bool = False
    full: bool = False
    opens_at: datetime = EPOCH
    closes_at: datetime = EPOCH

    def __post_init__(self) -> None:
        self.closes_at = self.starts_at - LEAD


def at(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


def test_a_time_stands_under_the_viewers_own_day():
    slot = Facts(at(2031, 7, 8, 22, 30))
    now = at(2031, 7, 8, 0, 0)

    in_berlin = schedule.by_day([slot], BERLIN, date(2031, 7, 8), now=now)
    in_tokyo = schedule.by_day([slot], TOKYO, date(2031, 7, 8), now=now)

    assert [day.on for day in in_berlin if day.slots] == [date(2031, 7, 9)]
    assert [day.on for day in in_tokyo if day.slots] == [date(2031, 7, 9)]
    assert list(in_berlin[1].parts(BERLIN)) == [Part.MORNING]


def test_parts_of_the_day_turn_at_noon_and_at_five():
    parts = [schedule.part_of_day(at(2031, 7, 8, hour, 59), ZoneInfo("UTC")) for hour in range(24)]

    assert parts == [Part.MORNING] * 12 + [Part.AFTERNOON] * 5 + [Part.EVENING] * 7


def test_past_and_withdrawn_times_are_not_shown_but_booked_ones_are():
    now = at(2031, 7, 8, 12, 0)
    slots = [
        Facts(now - timedelta(hours=1)),
        Facts(now - timedelta(hours=1), state=SlotState.BOOKED),
        Facts(now + timedelta(hours=1), state=SlotState.WITHDRAWN),
        Facts(now + timedelta(minutes=1)),
        Facts(now + timedelta(hours=2), state=SlotState.BOOKED),
        Facts(now + timedelta(hours=3)),
    ]

    day = schedule.by_day(slots, ZoneInfo("UTC"), date(2031, 7, 8), now=now)[0]

    assert day.slots == slots[4:]
    assert day.free(now) == 1


def test_a_day_whose_midnight_is_skipped_begins_after_the_gap():
    sao_paulo = ZoneInfo("America/Sao_Paulo")

    assert schedule.start_of(date(2018, 11, 4), sao_paulo) == at(2018, 11, 4, 3, 0)


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2032, 1, 1)),  # noqa: DTZ001 - made aware below
    st.sampled_from(["Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Asia/Kolkata"]),
)
def test_every_instant_lies_within_the_span_of_its_day(naive, name):
    instant, zone = naive.replace(tzinfo=UTC), ZoneInfo(name)

    start, end = schedule.span(schedule.day_of(instant, zone), zone, days=1)

    assert start <= instant < end
