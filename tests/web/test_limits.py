from datetime import timedelta

import pytest

from domain.errors import Code, Refusal
from web.limits import HoldLimit

HOLD = timedelta(minutes=5)


def test_an_address_may_have_so_many_live_holds_and_no_more(now):
    limit = HoldLimit(2)
    limit.note("10.0.0.1", "ann", now + HOLD)
    limit.note("10.0.0.1", "ben", now + HOLD)

    with pytest.raises(Refusal) as caught:
        limit.check("10.0.0.1", "eve", now)

    assert caught.value.code is Code.TOO_MANY_HOLDS
    limit.check("10.0.0.1", "ann", now)
    limit.check("10.0.0.2", "eve", now)


def test_a_hold_that_ended_or_was_given_up_no_longer_counts(now):
    limit = HoldLimit(1)
    limit.note("10.0.0.1", "ann", now + HOLD)

    limit.check("10.0.0.1", "eve", now + HOLD)
    limit.note("10.0.0.1", "ann", now + HOLD)
    limit.forget("10.0.0.1", "ann")
    limit.check("10.0.0.1", "eve", now)


def test_a_visitors_newer_hold_takes_the_place_of_the_older(now):
    limit = HoldLimit(2)

    for n in range(5):
        limit.note("10.0.0.1", "ann", now + n * HOLD)

    limit.check("10.0.0.1", "ben", now)
