"""In every zone, around every clock change of five years: which sessions the hours want.

The oracle goes by the standard library's zones, the rules by another implementation. What becomes
of these sessions on the way to pages and calendars is for tests/web/i18n/test_all_zones.py.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from domain.rules.availability import wanted
from domain.rules.hours import Diary, Rule, Stretch, Weekday
from tests.soak import LONG, sampled
from tests.zones import END, START, some_zones
from web.i18n.clock_changes import clock_changes
from web.i18n.zones import known_zones

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ALL_DAY = (Stretch(time(0), time(12)), Stretch(time(12), time(0)))
SAMPLE = 40

pytestmark = sampled


def expected(zone: ZoneInfo, on: date) -> Iterator[datetime]:
    """When sessions of an hour begin on a day of open doors: at each wall hour that exists."""
    for hour in range(24):
        local = datetime.combine(on, time(hour), tzinfo=zone)
        instant = local.astimezone(UTC)
        if instant.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None):
            yield instant


@pytest.mark.parametrize("zone", sorted(known_zones()) if LONG else some_zones(SAMPLE))
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
