from datetime import timedelta

import pytest

from domain.booking.hold_limits import UNCOUNTED, HoldLimit
from domain.rules.errors import Code, Refusal
from domain.store.core.database import Key

HOLD = timedelta(minutes=5)
SLOT, OTHER = Key(), Key()


def test_an_address_may_have_so_many_live_holds_and_no_more(now):
    limit = HoldLimit(2)
    limit.note("10.0.0.1", "ann", SLOT, now + HOLD)
    limit.note("10.0.0.1", "ben", OTHER, now + HOLD)

    with pytest.raises(Refusal) as caught:
        limit.check("10.0.0.1", "eve", now)

    assert caught.value.code is Code.TOO_MANY_HOLDS
    limit.check("10.0.0.1", "ann", now)
    limit.check("10.0.0.2", "eve", now)


def test_a_hold_that_ended_or_was_given_up_no_longer_counts(now):
    limit = HoldLimit(1)
    limit.note("10.0.0.1", "ann", SLOT, now + HOLD)

    limit.check("10.0.0.1", "eve", now + HOLD)
    limit.note("10.0.0.1", "ann", SLOT, now + HOLD)
    limit.forget("10.0.0.1", "ann", SLOT)
    limit.check("10.0.0.1", "eve", now)


def test_giving_up_what_one_does_not_hold_makes_no_room(now):
    limit = HoldLimit(1)
    limit.note("10.0.0.1", "ann", SLOT, now + HOLD)

    limit.forget("10.0.0.1", "ann", OTHER)

    with pytest.raises(Refusal):
        limit.check("10.0.0.1", "eve", now)


def test_a_visitors_newer_hold_takes_the_place_of_the_older(now):
    limit = HoldLimit(2)

    for n in range(5):
        limit.note("10.0.0.1", "ann", SLOT, now + n * HOLD)

    limit.check("10.0.0.1", "ben", now)


def test_addresses_that_never_come_back_are_forgotten(now):
    limit = HoldLimit(2)
    for n in range(100):
        limit.note(f"10.0.0.{n}", "ann", SLOT, now + HOLD)

    limit.check("10.1.0.0", "ben", now + HOLD)

    assert not limit._holds


def test_holds_that_nobody_counts_are_not_remembered(now):
    UNCOUNTED.note("ann", SLOT, now + HOLD)

    UNCOUNTED.check("ben", now)
    assert not UNCOUNTED.limit._holds
