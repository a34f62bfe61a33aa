from datetime import datetime, timedelta

import pytest

from domain.rules.instants import to_milliseconds
from domain.store.core.deadlines import CLAIM_WITHIN, COMMIT_S, TRANSACTION_S
from web.live.positions import LOST, MARGIN, START_NOW, Position, read_position


def at(instant: datetime) -> str:
    return str(to_milliseconds(instant))


def test_a_position_reads_from_before_any_claim_that_may_still_be_committed(now: datetime):
    longest = CLAIM_WITHIN + timedelta(seconds=TRANSACTION_S + COMMIT_S)

    since = read_position(None, at(now), now).since

    assert since is not None
    assert since < now - longest


def test_the_last_event_id_beats_after(now: datetime):
    earlier = now - timedelta(minutes=5)

    assert read_position(at(earlier), at(now), now) == Position(since=earlier - MARGIN)


def test_a_last_event_id_of_no_use_is_not_made_up_for_by_after(now: datetime):
    assert read_position("nonsense", at(now), now) == LOST


def test_what_a_listener_knows_until_leads_back_to_its_position(now: datetime):
    later = now + timedelta(minutes=1)

    for position in (Position(since=now - timedelta(minutes=5)), LOST):
        assert read_position(at(position.known_until(later)), None, later) == position


def test_a_listener_that_starts_now_knows_all_until_now(now: datetime):
    assert START_NOW.known_until(now) == now


@pytest.mark.parametrize(("last", "after"), [(None, None), ("", ""), (None, ""), ("", None)])
def test_without_a_position_the_stream_starts_now(last: str, after: str, now: datetime):
    assert read_position(last, after, now) == START_NOW


@pytest.mark.parametrize(
    "text", ["now", "-5", "1.5", " 1", "0x10", "1e3", "١٢٣", "9" * 15, "9" * 5000, "null"]
)
def test_what_is_no_instant_is_lost(text: str, now: datetime):
    assert read_position(None, text, now) == LOST


def test_an_hour_is_not_too_old_and_a_millisecond_more_is(now: datetime):
    hour_ago = now - timedelta(hours=1)

    assert read_position(None, at(hour_ago), now) == Position(since=hour_ago - MARGIN)
    assert read_position(None, at(hour_ago - timedelta(milliseconds=1)), now) == LOST


def test_a_clock_slightly_ahead_is_forgiven_and_the_future_is_not(now: datetime):
    assert read_position(None, at(now + timedelta(seconds=1)), now) != LOST
    assert read_position(None, at(now + timedelta(seconds=11)), now) == LOST
