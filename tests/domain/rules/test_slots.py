from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from domain.rules import slots
from domain.rules.instants import EPOCH
from domain.rules.slots import LEAD, MAX_EXTENSIONS, SlotState, Status

START = datetime(2031, 7, 8, 12, 0, tzinfo=UTC)
MS = timedelta(milliseconds=1)
HOLD = timedelta(minutes=5)


@dataclass
class Facts:
    starts_at: datetime = START
    opens_at: datetime = EPOCH
    closes_at: datetime = START - LEAD
    state: SlotState = SlotState.OPEN
    held_by: str | None = None
    held_since: datetime = EPOCH
    held_until: datetime = EPOCH
    retiring: bool = False
    full: bool = False


def held(until: datetime, *, by: str = "ann", since: datetime | None = None) -> Facts:
    return Facts(
        state=SlotState.HELD, held_by=by, held_since=since or until - HOLD, held_until=until
    )


def test_an_open_time_is_free_from_when_it_opens_until_it_closes():
    opens_at, closes_at = START - timedelta(days=28), START - timedelta(hours=12)
    slot = Facts(opens_at=opens_at, closes_at=closes_at)

    assert not slots.is_free(slot, opens_at - MS)
    assert slots.is_free(slot, opens_at)
    assert slots.is_free(slot, closes_at - MS)
    assert not slots.is_free(slot, closes_at)
    assert not slots.is_free(slot, closes_at + MS)


def test_a_held_time_is_free_from_the_millisecond_at_which_the_hold_lapses():
    until = START - timedelta(hours=1)

    assert not slots.is_free(held(until), until - MS)
    assert slots.is_free(held(until), until)


@pytest.mark.parametrize("state", [SlotState.BOOKED, SlotState.WITHDRAWN])
def test_what_is_booked_or_withdrawn_is_never_free(state):
    assert not slots.is_free(Facts(state=state), START - timedelta(days=1))


def test_a_retiring_time_is_free_to_nobody_once_its_hold_has_lapsed():
    until = START - timedelta(hours=1)
    slot = held(until)
    slot.retiring = True

    assert slots.is_held_by(slot, "ann", until - MS)
    assert not slots.is_free(slot, until)


def test_a_hold_is_its_holders_alone_and_ends_on_time():
    until = START - timedelta(hours=1)

    assert slots.is_held_by(held(until), "ann", until - MS)
    assert not slots.is_held_by(held(until), "ben", until - MS)
    assert not slots.is_held_by(held(until), "ann", until)


def test_a_lapsed_hold_that_nobody_took_can_still_be_booked_until_the_start():
    lapsed = held(START - timedelta(hours=1))

    assert slots.may_book(lapsed, "ann", START - MS)
    assert not slots.may_book(lapsed, "ann", START)
    assert not slots.may_book(lapsed, "ben", START - MS)


def test_a_hold_never_passes_the_start():
    assert slots.hold_deadline(Facts(), START - timedelta(minutes=6), HOLD) == START - MS * 60_000
    assert slots.hold_deadline(Facts(), START - timedelta(minutes=4), HOLD) == START


def test_a_hold_can_be_extended_ten_times_and_no_more():
    slot = held(START - timedelta(days=1))
    extended = 0
    while (deadline := slots.extended_deadline(slot, HOLD)) is not None:
        assert deadline == slot.held_until + HOLD
        slot.held_until = deadline
        extended += 1

    assert extended == MAX_EXTENSIONS == 10


def test_an_extension_ends_at_the_start():
    slot = held(START - timedelta(minutes=2))

    assert slots.extended_deadline(slot, HOLD) == START
    slot.held_until = START
    assert slots.extended_deadline(slot, HOLD) is None


def test_a_viewer_is_told_what_a_time_is():
    now = START - timedelta(hours=2)

    assert slots.status(Facts(), now) is Status.FREE
    assert slots.status(held(now + MS), now) is Status.HELD
    assert slots.status(held(now), now) is Status.FREE
    assert slots.status(Facts(state=SlotState.BOOKED), now) is Status.BOOKED
    assert slots.status(Facts(state=SlotState.WITHDRAWN), now) is Status.CLOSED
    assert slots.status(Facts(), START - LEAD) is Status.CLOSED
    assert slots.status(Facts(opens_at=now + MS), now) is Status.CLOSED


def test_what_is_shown_of_slots_is_true_until_the_first_of_their_instants_that_is_to_come():
    now = START - timedelta(hours=3)
    soon, later = now + timedelta(minutes=7), now + timedelta(minutes=9)

    assert slots.true_until([], now) > START
    assert slots.true_until([Facts()], now) == START - LEAD
    assert slots.true_until([Facts(), Facts(opens_at=soon)], now) == soon
    assert slots.true_until([held(soon), held(later)], now) == soon
    assert slots.true_until([held(now), held(later)], now) == later
