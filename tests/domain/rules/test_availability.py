from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.rules.availability import Interval, is_within, wanted
from domain.rules.hours import DateException, Diary, ExceptionKind, Rule, Stretch, Weekday

HOUR = timedelta(hours=1)
ZONES = (
    "Europe/Berlin",
    "Asia/Kolkata",
    "America/St_Johns",
    "Australia/Lord_Howe",
    "America/Sao_Paulo",
    "Pacific/Apia",
)


def hours(text: str) -> Stretch:
    opens, closes = text.split("-")
    return Stretch(time.fromisoformat(opens), time.fromisoformat(closes))


def every_day(*spans: str) -> list[Rule]:
    return [Rule(day, hours(span)) for day in Weekday for span in spans]


def wall(text: str) -> datetime:
    return datetime.fromisoformat(text)


def local_starts(found: list[Interval], zone: str) -> list[str]:
    return [f"{interval.starts_at.astimezone(ZoneInfo(zone)):%H:%M%z}" for interval in found]


def one_day(
    rules: list[Rule],
    on: date,
    zone: str,
    *,
    exceptions: Sequence[DateException] = (),
    session: timedelta = HOUR,
    **more: Any,
) -> list[Interval]:
    diary = Diary(
        zone=zone, session=session, rules=tuple(rules), exceptions=tuple(exceptions), **more
    )
    return wanted(diary, first_on=on, days=1)


def test_hours_become_sessions_in_the_experts_own_zone():
    found = one_day(every_day("09:00-11:00"), date(2026, 1, 5), "Asia/Kolkata")

    assert found == [
        (datetime(2026, 1, 5, 3, 30, tzinfo=UTC), datetime(2026, 1, 5, 4, 30, tzinfo=UTC)),
        (datetime(2026, 1, 5, 4, 30, tzinfo=UTC), datetime(2026, 1, 5, 5, 30, tzinfo=UTC)),
    ]


def test_a_rule_holds_on_its_weekday_only():
    diary = Diary(zone="UTC", session=HOUR, rules=(Rule(Weekday.WEDNESDAY, hours("09:00-10:00")),))

    found = wanted(diary, first_on=date(2026, 1, 1), days=14)

    assert [interval.starts_at.date() for interval in found] == [
        date(2026, 1, 7),
        date(2026, 1, 14),
    ]


def test_a_gap_keeps_sessions_apart_and_none_runs_over():
    found = one_day(
        every_day("09:00-12:00"),
        date(2026, 1, 5),
        "UTC",
        session=timedelta(minutes=45),
        pause=timedelta(minutes=15),
    )

    assert local_starts(found, "UTC") == ["09:00+0000", "10:00+0000", "11:00+0000"]
    assert found[-1].ends_at == datetime(2026, 1, 5, 11, 45, tzinfo=UTC)


def test_hours_may_end_at_midnight():
    found = one_day(every_day("22:00-00:00"), date(2026, 1, 5), "Europe/Berlin")

    assert local_starts(found, "Europe/Berlin") == ["22:00+0100", "23:00+0100"]


def test_overlapping_rules_never_make_overlapping_sessions():
    found = one_day(every_day("11:30-14:00", "09:00-12:00"), date(2026, 1, 5), "UTC")

    assert local_starts(found, "UTC") == [
        "09:00+0000",
        "10:00+0000",
        "11:00+0000",
        "12:30+0000",
    ]


def test_an_exception_replaces_the_days_rules():
    on = date(2026, 1, 5)
    found = one_day(
        every_day("09:00-12:00"),
        on,
        "UTC",
        exceptions=[DateException(on, on, ExceptionKind.INSTEAD, hours("15:00-16:00"))],
    )

    assert local_starts(found, "UTC") == ["15:00+0000"]


def test_a_closed_date_is_closed_whatever_else_is_said_of_it():
    on = date(2026, 1, 5)
    said = [
        DateException(on, on, ExceptionKind.CLOSED),
        DateException(on, on, ExceptionKind.EXTRA, hours("18:00-19:00")),
        DateException(on, on, ExceptionKind.INSTEAD, hours("08:00-09:00")),
    ]

    assert one_day(every_day("09:00-12:00"), on, "UTC", exceptions=said) == []


def test_an_exception_holds_from_its_first_date_to_its_last():
    diary = Diary(
        zone="UTC",
        session=HOUR,
        rules=tuple(every_day("09:00-10:00")),
        exceptions=(DateException(date(2026, 1, 6), date(2026, 1, 7), ExceptionKind.CLOSED),),
    )

    found = wanted(diary, first_on=date(2026, 1, 5), days=4)

    assert [interval.starts_at.day for interval in found] == [5, 8]


def test_extra_hours_are_added_to_the_usual_ones():
    on = date(2026, 1, 5)
    extra = [DateException(on, on, ExceptionKind.EXTRA, hours("18:00-19:00"))]

    found = one_day(every_day("09:00-10:00"), on, "UTC", exceptions=extra)

    assert local_starts(found, "UTC") == ["09:00+0000", "18:00+0000"]


def test_a_stretch_that_is_taken_moves_no_other_session():
    on = date(2026, 1, 5)
    taken = [DateException(on, on, ExceptionKind.TAKEN, hours("10:30-11:15"))]

    found = one_day(every_day("09:00-14:00"), on, "UTC", exceptions=taken)

    assert local_starts(found, "UTC") == ["09:00+0000", "12:00+0000", "13:00+0000"]


def test_a_public_holiday_is_closed_unless_hours_are_given_for_it():
    on = date(2026, 12, 25)
    usual = every_day("09:00-10:00")
    instead = [DateException(on, on, ExceptionKind.INSTEAD, hours("11:00-12:00"))]
    extra = [DateException(on, on, ExceptionKind.EXTRA, hours("13:00-14:00"))]

    for exceptions, starts in [([], []), (instead, ["11:00+0000"]), (extra, ["13:00+0000"])]:
        found = one_day(usual, on, "UTC", exceptions=exceptions, holidays=frozenset({on}))
        assert local_starts(found, "UTC") == starts


def test_every_second_week_is_counted_in_whole_weeks_over_the_turn_of_a_year_of_53_weeks():
    rule = Rule(Weekday.MONDAY, hours("09:00-10:00"), every=2, since=date(2026, 12, 16))
    diary = Diary(zone="UTC", session=HOUR, rules=(rule,))

    found = wanted(diary, first_on=date(2026, 12, 1), days=60)

    assert [f"{interval.starts_at:%m-%d}" for interval in found] == ["12-28", "01-11", "01-25"]


@pytest.mark.parametrize(
    ("grid", "starts"),
    [
        (1, ["09:10+0000", "10:05+0000", "11:00+0000"]),
        (15, ["09:15+0000", "10:15+0000", "11:15+0000"]),
        (60, ["10:00+0000", "11:00+0000"]),
    ],
)
def test_sessions_begin_on_the_minutes_of_the_start_grid(grid, starts):
    found = one_day(
        every_day("09:10-12:00"),
        date(2026, 1, 5),
        "UTC",
        session=timedelta(minutes=45),
        pause=timedelta(minutes=10),
        grid=grid,
    )

    assert local_starts(found, "UTC") == starts


def test_a_pause_counts_across_midnight():
    diary = Diary(
        zone="UTC",
        session=HOUR,
        pause=timedelta(minutes=30),
        rules=tuple(every_day("22:00-00:00", "00:00-02:00")),
    )

    found = wanted(diary, first_on=date(2026, 1, 5), days=2)

    assert local_starts(found, "UTC") == [
        "00:00+0000", "22:00+0000", "00:00+0000", "22:00+0000"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("start", "end", "within"),
    [
        ("2026-01-05 09:00", "2026-01-05 10:00", True),
        ("2026-01-05 11:20", "2026-01-05 12:40", True),  # where one rule goes over into another
        ("2026-01-05 23:30", "2026-01-06 00:30", True),  # over midnight
        ("2026-01-05 08:59", "2026-01-05 10:00", False),
        ("2026-01-05 14:30", "2026-01-05 15:30", False),
        ("2026-01-05 12:30", "2026-01-05 13:15", False),  # a stretch is taken
    ],
)
def test_a_session_is_within_hours_wherever_it_begins(start, end, within):
    on = date(2026, 1, 5)
    diary = Diary(
        zone="UTC",
        session=HOUR,
        rules=tuple(every_day("00:00-01:00", "09:00-12:00", "12:00-15:00", "23:00-00:00")),
        exceptions=(DateException(on, on, ExceptionKind.TAKEN, hours("13:00-13:30")),),
    )

    assert is_within(diary, Interval(wall(f"{start}+00:00"), wall(f"{end}+00:00"))) is within


@pytest.mark.parametrize(
    ("one", "two", "meet"),
    [
        (("09:00-12:00", 1, None), ("11:00-13:00", 1, None), True),
        (("09:00-12:00", 1, None), ("12:00-13:00", 1, None), False),
        (("22:00-00:00", 1, None), ("23:00-00:00", 1, None), True),
        (("09:00-12:00", 2, date(2026, 1, 5)), ("09:00-12:00", 2, date(2026, 1, 12)), False),
        (("09:00-12:00", 2, date(2026, 1, 5)), ("09:00-12:00", 2, date(2026, 1, 19)), True),
        (("09:00-12:00", 2, date(2026, 1, 5)), ("09:00-12:00", 1, None), True),
    ],
)
def test_rules_meet_where_some_date_has_both_at_one_time(one, two, meet):
    first, second = (
        Rule(Weekday.MONDAY, hours(text), every=every, since=since)
        for text, every, since in (one, two)
    )

    assert first.meets(second) is second.meets(first) is meet


@pytest.mark.parametrize(
    ("zone", "on", "starts"),
    [
        ("Europe/Berlin", date(2026, 3, 29), ["01:00+0100", "03:00+0200"]),
        ("America/St_Johns", date(2026, 3, 8), ["01:00-0330", "03:00-0230"]),
        ("Australia/Sydney", date(2026, 10, 4), ["01:00+1000", "03:00+1100"]),
        # Half an hour is skipped, 02:00 to 02:30: only a start within it is left out.
        ("Australia/Lord_Howe", date(2026, 10, 4), ["01:00+1030", "03:00+1100"]),
    ],
)
def test_a_skipped_start_is_left_out(zone, on, starts):
    assert local_starts(one_day(every_day("01:00-04:00"), on, zone), zone) == starts


@pytest.mark.parametrize(
    ("zone", "on", "starts"),
    [
        ("Europe/Berlin", date(2026, 10, 25), ["01:00+0200", "02:00+0200", "03:00+0100"]),
        ("America/St_Johns", date(2026, 11, 1), ["01:00-0230", "02:00-0330", "03:00-0330"]),
        ("Australia/Sydney", date(2026, 4, 5), ["01:00+1100", "02:00+1100", "03:00+1000"]),
        ("Australia/Lord_Howe", date(2026, 4, 5), ["01:00+1100", "02:00+1030", "03:00+1030"]),
    ],
)
def test_a_repeated_start_is_taken_once_the_first_time(zone, on, starts):
    assert local_starts(one_day(every_day("01:00-04:00"), on, zone), zone) == starts


def test_a_session_that_crosses_the_skipped_hour_pushes_none_into_another():
    found = one_day(
        every_day("01:30-05:00"), date(2026, 3, 29), "Europe/Berlin", session=timedelta(minutes=45)
    )

    assert local_starts(found, "Europe/Berlin") == ["01:30+0100", "03:45+0200"]


def test_hours_that_close_at_a_skipped_time_close_at_the_change():
    found = one_day(every_day("01:00-02:30"), date(2026, 3, 29), "Europe/Berlin")

    assert local_starts(found, "Europe/Berlin") == ["01:00+0100"]
    assert found[0].ends_at == datetime(2026, 3, 29, 1, tzinfo=UTC)


def test_a_date_that_a_zone_never_had_offers_nothing():
    assert one_day(every_day("09:00-12:00"), date(2011, 12, 30), "Pacific/Apia") == []


def test_an_unknown_zone_is_refused():
    with pytest.raises(ValueError, match="Mars/Olympus"):
        one_day(every_day("09:00-12:00"), date(2026, 1, 1), "Mars/Olympus")


@pytest.mark.parametrize(
    ("opens", "closes"),
    [
        (time(9), time(9)),
        (time(9), time(8)),
        (time(9, tzinfo=UTC), time(10)),
    ],
)
def test_hours_that_make_no_sense_are_refused(opens, closes):
    with pytest.raises(ValueError, match="stretch"):
        Stretch(opens, closes)


@pytest.mark.parametrize(("session", "gap"), [(timedelta(0), timedelta(0)), (HOUR, -HOUR)])
def test_sessions_that_take_no_time_are_refused(session, gap):
    with pytest.raises(ValueError, match="session"):
        one_day(every_day("09:00-12:00"), date(2026, 1, 5), "UTC", session=session, pause=gap)


wall_times = st.times().map(lambda clock: clock.replace(second=0, microsecond=0))
spans = st.tuples(wall_times, wall_times).filter(lambda ends: ends[0] < ends[1])
some_rules = st.lists(
    st.builds(
        Rule,
        st.sampled_from(Weekday),
        spans.map(lambda ends: Stretch(opens=ends[0], closes=ends[1])),
    ),
    max_size=6,
)


@given(
    rules=some_rules,
    zone=st.sampled_from(ZONES),
    first_on=st.dates(date(2005, 1, 1), date(2035, 1, 1)),
    session=st.integers(10, 240).map(lambda minutes: timedelta(minutes=minutes)),
    gap=st.integers(0, 30).map(lambda minutes: timedelta(minutes=minutes)),
)
def test_sessions_stand_inside_their_hours_in_order_and_apart(rules, zone, first_on, session, gap):
    diary = Diary(zone=zone, session=session, pause=gap, rules=tuple(rules))

    found = wanted(diary, first_on=first_on, days=9)

    for interval in found:
        start, end = (instant.astimezone(ZoneInfo(zone)) for instant in interval)
        assert interval.ends_at - interval.starts_at == session
        assert interval.starts_at.tzinfo is UTC
        assert is_within(diary, interval)
        assert start.fold == 0
        assert any(
            rule.weekday == start.weekday()
            and rule.hours.opens <= start.time()
            and (end.time() <= rule.hours.closes or _in_a_change(end, rule.hours.closes))
            for rule in rules
        )
    assert all(later.starts_at >= earlier.ends_at + gap for earlier, later in pairwise(found))


def _in_a_change(end: datetime, closes: time) -> bool:
    """Say whether hours that close at a skipped time end here, at the change itself."""
    closing = datetime.combine(end.date(), closes, tzinfo=end.tzinfo)
    return closing.astimezone(UTC).astimezone(end.tzinfo).time() != closes
