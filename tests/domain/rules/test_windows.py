"""A window holds what lies in it whole, whatever the clocks do on its day."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from domain.rules.windows import When, Window

BERLIN = ZoneInfo("Europe/Berlin")
HOUR = timedelta(hours=1)
MOMENT = timedelta(milliseconds=1)

SPRING, AUTUMN = date(2031, 3, 30), date(2031, 10, 26)
"""The days on which clocks change in Berlin: from 2:00 to 3:00, and from 3:00 to 2:00."""


def utc(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2031, month, day, hour, minute, tzinfo=UTC)


def window_of(on: date, start: time | None, end: time | None, zone: ZoneInfo = BERLIN) -> Window:
    window = When(on, zone, start, end).window()
    assert window is not None
    return window


def test_a_window_is_told_by_the_wall_clock_of_its_zone():
    day = date(2031, 7, 8)

    assert window_of(day, time(14), time(17)) == Window(utc(7, 8, 12), utc(7, 8, 15))
    assert window_of(day, None, None) == Window(utc(7, 7, 22), utc(7, 8, 22))
    assert window_of(day, time(14), None) == Window(utc(7, 8, 12), utc(7, 8, 22))
    assert window_of(day, None, time(9)) == Window(utc(7, 7, 22), utc(7, 8, 7))


@pytest.mark.parametrize(
    ("zone", "start"),
    [
        ("Asia/Kathmandu", utc(7, 8, 8, 15)),
        ("Pacific/Chatham", utc(7, 8, 1, 15)),
        ("America/St_Johns", utc(7, 8, 16, 30)),
        ("Pacific/Kiritimati", utc(7, 8, 0)),
        ("Etc/GMT+12", utc(7, 9, 2)),
    ],
)
def test_any_zone_will_do(zone: str, start: datetime):
    assert window_of(date(2031, 7, 8), time(14), time(17), ZoneInfo(zone)) == Window(
        start, start + 3 * HOUR
    )


def test_it_holds_what_lies_in_it_whole_to_the_millisecond():
    window = Window(utc(7, 8, 12), utc(7, 8, 15))

    assert window.holds(window.start, window.end)
    assert window.holds(window.start, window.start + HOUR)
    assert window.holds(window.end - HOUR, window.end)
    assert not window.holds(window.start - MOMENT, window.start + HOUR)
    assert not window.holds(window.end - HOUR, window.end + MOMENT)
    assert not window.holds(window.end, window.end + HOUR)
    assert not window.holds(window.start - HOUR, window.start)


def test_where_clocks_go_forward_the_day_is_an_hour_shorter():
    assert window_of(SPRING, None, None) == Window(utc(3, 29, 23), utc(3, 30, 22))
    assert window_of(SPRING, time(1), time(4)) == Window(utc(3, 30, 0), utc(3, 30, 2))


def test_a_wall_time_that_is_skipped_is_as_much_later():
    assert window_of(SPRING, time(2, 30), time(5)).start == utc(3, 30, 1, 30)
    assert window_of(SPRING, time(1), time(2, 30)).end == utc(3, 30, 1, 30)


def test_where_clocks_go_back_the_day_is_an_hour_longer():
    assert window_of(AUTUMN, None, None) == Window(utc(10, 25, 22), utc(10, 26, 23))
    assert window_of(AUTUMN, time(1), time(4)) == Window(utc(10, 25, 23), utc(10, 26, 3))


def test_a_wall_time_that_comes_twice_is_the_first():
    window = window_of(AUTUMN, time(2, 30), time(2, 45))

    assert window == Window(utc(10, 26, 0, 30), utc(10, 26, 0, 45))


def test_where_midnight_is_skipped_the_day_begins_after_it():
    cairo = ZoneInfo("Africa/Cairo")

    window = window_of(date(2026, 4, 24), None, time(2), cairo)

    assert window.start == datetime(2026, 4, 23, 22, tzinfo=UTC)
    assert window.start.astimezone(cairo).time() == time(1)


@pytest.mark.parametrize(
    ("on", "start", "end"),
    [
        (date(2031, 7, 8), time(14), time(14)),
        (date(2031, 7, 8), time(17), time(14)),
        (date(2031, 7, 8), None, time(0)),
        (SPRING, time(2, 30), time(3, 10)),  # it begins at 3:30
        (SPRING, time(3, 10), time(2, 30)),
    ],
)
def test_an_end_that_is_not_after_the_start_makes_no_window(on, start, end):
    assert When(on, BERLIN, start, end).window() is None


def test_what_fits_starts_on_one_of_its_days_of_utc():
    assert Window(utc(7, 8, 12), utc(7, 8, 15)).days() == [date(2031, 7, 8)]
    assert Window(utc(7, 8, 22), utc(7, 9, 0)).days() == [date(2031, 7, 8)]
    assert Window(utc(7, 8, 0), utc(7, 9, 0) + MOMENT).days() == [
        date(2031, 7, 8),
        date(2031, 7, 9),
    ]
    assert window_of(date(2031, 7, 8), None, None).days() == [date(2031, 7, 7), date(2031, 7, 8)]
