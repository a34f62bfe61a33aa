"""A month of the viewer's own, with how many times of each day are free."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from domain.rules.schedule import FAR
from web.experts.months import month_of, next_first, read_month, span_of

TODAY = date(2031, 7, 8)
BERLIN, TOKYO = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Tokyo")


def july(*starts: datetime, today: date = TODAY, zone: ZoneInfo = BERLIN):
    return month_of(date(2031, 7, 1), today, starts, zone)


def test_weeks_begin_on_monday_are_whole_and_leave_out_what_is_over():
    month = july()

    assert [week[0] for week in month.weeks] == [date(2031, 7, d) for d in (7, 14, 21, 28)]
    assert {len(week) for week in month.weeks} == {7}
    assert [day for day in month.weeks[-1] if not month.has(day)] == [
        date(2031, 8, d) for d in (1, 2, 3)
    ]


def test_free_times_count_on_the_viewers_own_day():
    late = datetime(2031, 7, 9, 20, 0, tzinfo=UTC)

    assert july(late, late).free == {date(2031, 7, 9): 2}
    assert july(late, zone=TOKYO).free == {date(2031, 7, 10): 1}


def test_the_first_day_with_free_times_is_known_and_the_next_after_another():
    days = july(*(datetime(2031, 7, d, 9, tzinfo=UTC) for d in (20, 11, 15)))

    assert days.first_free() == date(2031, 7, 11)
    assert days.first_free(after=date(2031, 7, 11)) == date(2031, 7, 15)
    assert days.first_free(after=date(2031, 7, 20)) is None
    assert july().first_free() is None


def test_a_day_beside_the_month_counts_but_is_not_where_the_month_begins():
    beside = july(datetime(2031, 8, 1, 9, tzinfo=UTC))

    assert beside.free == {date(2031, 8, 1): 1}
    assert beside.first_free() is None
    assert beside.first_free(after=date(2031, 7, 20)) == date(2031, 8, 1)


def test_one_cannot_turn_back_before_today_nor_ahead_without_end():
    assert july().earlier is None
    assert july().later == date(2031, 8, 1)
    assert july(today=date(2031, 6, 30)).earlier == date(2031, 6, 1)
    assert july(today=date(2031, 8, 1) - FAR).later == date(2031, 8, 1)
    assert july(today=date(2031, 7, 31) - FAR).later is None


def test_a_month_covers_all_of_its_weeks_across_a_clock_change():
    start, end = span_of(date(2031, 10, 1), BERLIN)

    assert start == datetime(2031, 9, 28, 22, 0, tzinfo=UTC)
    assert end == datetime(2031, 11, 2, 23, 0, tzinfo=UTC)


def test_december_is_followed_by_january():
    assert next_first(date(2031, 12, 1)) == date(2032, 1, 1)


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("2031-07", date(2031, 7, 1)),
        ("2031-13", None),
        ("", None),
        ("2031-07-08", None),
        ("x", None),
    ],
)
def test_a_month_is_read_as_addresses_write_it(text, month):
    assert read_month(text) == month
