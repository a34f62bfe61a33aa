"""In every zone, around every clock change of five years: which sessions the hours want.

The oracle goes by the standard library's zones, the rules by another implementation.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest

from domain.rules.availability import wanted
from domain.rules.hours import Diary, Rule, Stretch, Weekday
from domain.store.core.database import Database
from tests.domain.diaries import every_day, published, slots_of
from tests.soak import LONG, sampled
from web.i18n.clock_changes import clock_changes
from web.i18n.zones import known_zones

START, END = datetime(2026, 1, 1, tzinfo=UTC), datetime(2031, 1, 1, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ALL_DAY = (Stretch(time(0), time(12)), Stretch(time(12), time(0)))
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
SAMPLE = 40

pytestmark = sampled


def zones() -> list[str]:
    everything = sorted(known_zones())
    if LONG:
        return everything
    return sorted({*NOTABLE, *Random(1).sample(everything, SAMPLE)})


def expected(zone: ZoneInfo, on: date) -> Iterator[datetime]:
    """When sessions of an hour begin on a day of open doors: at each wall hour that exists."""
    for hour in range(24):
        local = datetime.combine(on, time(hour), tzinfo=zone)
        instant = local.astimezone(UTC)
        if instant.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None):
            yield instant


@pytest.mark.parametrize("zone", zones())
def test_a_session_begins_at_every_wall_hour_that_exists(zone: str):
    diary = Diary(
        zone=zone,
        session=HOUR,
        rules=tuple(Rule(day, hours) for day in Weekday for hours in ALL_DAY),
    )
    info = ZoneInfo(zone)

    for change in clock_changes(zone, START, END):
        first = (change.at - DAY).astimezone(info).date()
        starts = [at for n in range(3) for at in expected(info, first + n * DAY)]
        apart = [at for n, at in enumerate(starts) if n == 0 or at >= starts[n - 1] + HOUR]
        assert [one.starts_at for one in wanted(diary, first_on=first, days=3)] == apart


@pytest.mark.parametrize("zone", NOTABLE)
async def test_what_the_hours_want_is_what_is_published(database: Database, zone: str):
    (change, *_) = clock_changes(zone, START, END)
    now = change.at - DAY
    expert_id = await published(database, every_day("00:00-12:00", "12:00-00:00"), now, zone=zone)

    found = [slot.starts_at for slot in await slots_of(database, expert_id)]

    info = ZoneInfo(zone)
    first = now.astimezone(info).date()
    starts = [at for n in range(3) for at in expected(info, first + n * DAY) if at > now]
    apart = [at for n, at in enumerate(starts) if n == 0 or at >= starts[n - 1] + HOUR]
    soon = [at for at in found if at < apart[-1] + HOUR]
    assert soon == [at for at in apart if at >= soon[0]]
