from datetime import UTC, datetime, timedelta

import pytest

from web.i18n.clock_changes import clock_changes, clock_note, clock_notes

HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)
BERLIN = datetime(2031, 3, 30, 1, tzinfo=UTC)  # 2:00 becomes 3:00
BERLIN_BACK = datetime(2031, 10, 26, 1, tzinfo=UTC)


def test_changes_are_found_to_the_second():
    year = clock_changes(
        "Europe/Berlin", datetime(2031, 1, 1, tzinfo=UTC), datetime(2032, 1, 1, tzinfo=UTC)
    )

    assert [(c.at, c.after - c.before) for c in year] == [(BERLIN, HOUR), (BERLIN_BACK, -HOUR)]


@pytest.mark.parametrize(
    ("start", "end", "found"),
    [
        (BERLIN - SECOND, BERLIN, 1),
        (BERLIN, BERLIN + SECOND, 0),
        (BERLIN - 2 * SECOND, BERLIN - SECOND, 0),
        (BERLIN - timedelta(milliseconds=1), BERLIN + timedelta(days=100), 1),
        (BERLIN, BERLIN, 0),
    ],
)
def test_a_change_belongs_to_the_span_that_it_ends(start, end, found):
    assert len(clock_changes("Europe/Berlin", start, end)) == found


def test_clocks_put_forward_are_pointed_out_by_city_day_and_how_far():
    note = clock_note("en", "Europe/Berlin", BERLIN - timedelta(days=3), BERLIN + HOUR)

    assert note == (
        "In Berlin the clocks go forward by 1 hour on Sunday 30 March. "
        "The times here take that into account."
    )


def test_clocks_put_back_by_half_an_hour_are_told_so_in_german():
    lord_howe = datetime(2031, 4, 5, 15, tzinfo=UTC)

    note = clock_note("de", "Australia/Lord_Howe", lord_howe - HOUR, lord_howe + HOUR)

    assert note is not None
    assert "um 30 Minuten zurückgestellt" in note
    assert "6. April" in note


@pytest.mark.parametrize(
    ("zone", "now", "then"),
    [
        ("Europe/Berlin", BERLIN, BERLIN + timedelta(days=30)),
        ("Europe/Berlin", BERLIN - HOUR, BERLIN - SECOND),
        ("Europe/Berlin", BERLIN - HOUR, BERLIN_BACK + HOUR),  # there and back again
        ("Asia/Tokyo", BERLIN - HOUR, BERLIN + HOUR),
        ("UTC", BERLIN - HOUR, BERLIN + HOUR),
    ],
)
def test_where_clocks_agree_nothing_is_said(zone, now, then):
    assert clock_note("en", zone, now, then) is None


def test_each_zone_is_spoken_of_once():
    zones = ["Europe/Berlin", "Europe/Berlin", "Asia/Tokyo", "Europe/Paris"]

    notes = clock_notes("en", zones, BERLIN - HOUR, BERLIN + HOUR)

    assert [note.split()[1] for note in notes] == ["Berlin", "Paris"]
