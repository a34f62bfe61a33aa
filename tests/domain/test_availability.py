from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.availability import (
    DayException,
    Hours,
    Interval,
    Rule,
    Weekday,
    intervals,
)

HOUR = timedelta(hours=1)
ZONES = (
    "Europe/Berlin",
    "Asia/Kolkata",
    "America/St_Johns",
    "Australia/Lord_Howe",
    "America/Sao_Paulo",
    "Pacific/Apia",
)


def hours(text: str) -> Hours:
    opens, closes = text.split("-")
    return Hours(time.fromisoformat(opens), time.fromisoformat(closes))


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
    exceptions: Sequence[DayException] = (),
    session: timedelta = HOUR,
    gap: timedelta = timedelta(0),
) -> list[Interval]:
    return intervals(rules, exceptions, zone=zone, first_on=on, days=1, session=session, gap=gap)


def test_hours_become_sessions_in_the_experts_own_zone():
    found = one_day(every_day("09:00-11:00"), date(2026, 1, 5), "Asia/Kolkata")

    assert found == [
        (datetime(2026, 1, 5, 3, 30, tzinfo=UTC), datetime(2026, 1, 5, 4, 30, tzinfo=UTC)),
        (datetime(2026, 1, 5, 4, 30, tzinfo=UTC), datetime(2026, 1, 5, 5, 30, tzinfo=UTC)),
    ]


def test_a_rule_holds_on_its_weekday_only():
    rules = [Rule(Weekday.WEDNESDAY, hours("09:00-10:00"))]

    found = intervals(rules, zone="UTC", first_on=date(2026, 1, 1), days=14, session=HOUR)

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
        gap=timedelta(minutes=15),
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
        exceptions=[DayException(on, (hours("15:00-16:00"),))],
    )

    assert local_starts(found, "UTC") == ["15:00+0000"]


def test_an_exception_without_hours_is_a_day_off():
    on = date(2026, 1, 5)

    assert one_day(every_day("09:00-12:00"), on, "UTC", exceptions=[DayException(on)]) == []


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
    with pytest.raises(ValueError, match="hours"):
        Hours(opens, closes)


@pytest.mark.parametrize(("session", "gap"), [(timedelta(0), timedelta(0)), (HOUR, -HOUR)])
def test_sessions_that_take_no_time_are_refused(session, gap):
    with pytest.raises(ValueError, match="session"):
        one_day(every_day("09:00-12:00"), date(2026, 1, 5), "UTC", session=session, gap=gap)


wall_times = st.times().map(lambda clock: clock.replace(second=0, microsecond=0))
spans = st.tuples(wall_times, wall_times).filter(lambda ends: ends[0] < ends[1])
some_rules = st.lists(
    st.builds(
        Rule, st.sampled_from(Weekday), spans.map(lambda ends: Hours(opens=ends[0], closes=ends[1]))
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
    found = intervals(rules, zone=zone, first_on=first_on, days=9, session=session, gap=gap)

    for interval in found:
        start, end = (instant.astimezone(ZoneInfo(zone)) for instant in interval)
        assert interval.ends_at - interval.starts_at == session
        assert interval.starts_at.tzinfo is UTC
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
