from datetime import UTC, datetime, timedelta

import pytest

from domain.rules import terms
from domain.rules.slots import LEAD
from domain.store.documents.agreements import Terms

START = datetime(2031, 7, 8, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_notice_and_horizon_say_when_a_time_can_be_held():
    asked = Terms(notice_minutes=120, horizon_days=28)

    assert terms.opens_at(asked, START) == START - timedelta(days=28)
    assert terms.closes_at(asked, START) == START - 2 * HOUR


def test_no_notice_is_shorter_than_the_lead():
    assert terms.closes_at(Terms(notice_minutes=0), START) == START - LEAD


def test_changes_end_so_long_before_the_start():
    asked = Terms(cancel_before_minutes=1_440, reschedule_before_minutes=60)

    assert terms.cancel_until(asked, START) == START - 24 * HOUR
    assert terms.reschedule_until(asked, START) == START - HOUR


@pytest.mark.parametrize(("most", "made", "left"), [(3, 1, 2), (3, 3, 0), (3, 4, 0), (0, 0, 0)])
def test_so_many_reschedules_are_left(most, made, left):
    assert terms.reschedules_left(Terms(max_reschedules=most), made) == left


def test_without_a_limit_any_number_is_left():
    assert terms.reschedules_left(Terms(max_reschedules=None), 1_000) is None
