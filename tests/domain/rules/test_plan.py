"""What a plan does, and what it never does."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from domain.rules.availability import Interval
from domain.rules.plan import CLAIMED, Move, Plan, Target, parts, plan
from domain.rules.slots import SlotState

NOW = datetime(2031, 7, 8, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
NO_PAUSE = timedelta(0)
OPEN, HELD, BOOKED, WITHDRAWN = (
    SlotState.OPEN,
    SlotState.HELD,
    SlotState.BOOKED,
    SlotState.WITHDRAWN,
)


@dataclass(frozen=True, order=True)
class Piece:
    """As much of a slot as a plan looks at."""

    starts_at: datetime
    ends_at: datetime
    opens_at: datetime
    closes_at: datetime
    state: SlotState = OPEN
    retiring: bool = False


def at(hours: float, length: timedelta = HOUR, *, notice: timedelta = NO_PAUSE) -> Target:
    """The instant so many hours after eight."""
    starts_at = NOW + hours * HOUR
    return Target(starts_at, starts_at + length, NOW - 24 * HOUR, starts_at - notice)


def piece(
    hours: float, state: SlotState = OPEN, *, length: timedelta = HOUR, retiring: bool = False
) -> Piece:
    return Piece(*at(hours, length), state=state, retiring=retiring)


def planned(
    wanted: Sequence[Target], slots: Sequence[Piece], pause: timedelta = NO_PAUSE
) -> Plan[Piece]:
    return plan(wanted, slots, pause=pause, now=NOW)


def test_what_is_wanted_and_not_there_is_added():
    assert planned([at(1), at(2)], [piece(1)]).add == [at(2)]


def test_what_is_there_and_not_wanted_is_withdrawn():
    assert planned([at(1)], [piece(1), piece(2)]) == Plan(withdraw=[piece(2)])


def test_what_was_withdrawn_and_is_wanted_again_is_reopened():
    slot = piece(1, WITHDRAWN)

    assert planned([at(1)], [slot]).reopen == [(slot, at(1))]


def test_new_terms_and_a_new_length_reach_open_slots():
    longer, noticed = at(1, 2 * HOUR), at(4, notice=HOUR)

    found = planned([longer, noticed], [piece(1), piece(4)])

    assert found == Plan(change=[Move(piece(1), longer), Move(piece(4), noticed)])


def test_what_can_no_longer_be_held_is_neither_added_nor_reopened():
    late = at(0.5, notice=HOUR)

    assert planned([late], []) == Plan()
    assert planned([late], [piece(0.5, WITHDRAWN)]) == Plan()


def test_a_longer_notice_closes_an_open_slot_that_is_near():
    late = at(0.5, notice=HOUR)

    assert planned([late], [piece(0.5)]).change == [(piece(0.5), late)]


def test_claimed_slots_that_no_longer_fit_retire_and_are_left_as_they_are():
    slots = [piece(1, HELD), piece(2, SlotState.OFFERED), piece(3, BOOKED)]

    assert planned([], slots) == Plan(retire=slots)


def test_a_retiring_slot_that_fits_again_is_restored():
    slot = piece(1, BOOKED, retiring=True)

    assert planned([at(1)], [slot]) == Plan(restore=[Move(slot, at(1))])


def test_new_terms_wait_on_a_claimed_slot_until_it_comes_free():
    slot, noticed = piece(1, BOOKED), at(1, notice=HOUR)

    assert planned([noticed], [slot]) == Plan(restore=[Move(slot, noticed)])


def test_a_claimed_slot_that_fits_but_for_its_length_retires():
    slot = piece(1, BOOKED)

    assert planned([at(1, HOUR / 2)], [slot]) == Plan(retire=[slot])


def test_nothing_is_published_within_a_pause_of_a_claimed_slot():
    session = piece(2, BOOKED)

    found = planned([at(0.75), at(2), at(3.25)], [session], pause=HOUR / 2)

    assert found == Plan()


def test_a_slot_that_came_free_while_retiring_is_settled_or_reopened():
    gone = piece(1, WITHDRAWN, retiring=True)

    assert planned([], [gone]) == Plan(settle=[gone])
    assert planned([at(1)], [gone]).reopen == [(gone, at(1))]


def test_a_session_that_has_begun_is_left_alone_and_still_in_the_way():
    session = piece(-0.5, BOOKED)

    assert planned([at(0.25)], [session]) == Plan()


def test_an_open_slot_that_has_begun_stays_until_it_overlaps_another():
    begun = piece(-0.5)

    assert planned([at(0.5)], [begun]) == Plan(add=[at(0.5)])
    assert planned([at(0.25)], [begun]) == Plan(add=[at(0.25)], withdraw=[begun])


def carried_out(found: Plan[Piece], slots: Sequence[Piece]) -> list[Piece]:
    """The slots as they are after a plan."""
    there = {slot.starts_at: slot for slot in slots}
    for target in found.add:
        there[target.starts_at] = Piece(*target)
    for slot, target in [*found.change, *found.reopen]:
        there[slot.starts_at] = Piece(*target)
    for slot in found.withdraw:
        there[slot.starts_at] = replace(slot, state=WITHDRAWN)
    for slot in found.retire:
        there[slot.starts_at] = replace(slot, retiring=True)
    for slot, target in found.restore:
        there[slot.starts_at] = replace(slot, retiring=False, **target._asdict())
    for slot in found.settle:
        there[slot.starts_at] = replace(slot, retiring=False)
    return [there[start] for start in sorted(there)]


@st.composite
def apart(draw: st.DrawFn, pause: timedelta) -> list[Target]:
    """Intervals in order, none nearer to the next than a pause."""
    found: list[Target] = []
    position = draw(st.integers(0, 20))
    for _ in range(draw(st.integers(0, 8))):
        length = draw(st.sampled_from([2, 3, 4]))
        found.append(at(position / 4, length * HOUR / 4))
        position += length + int(pause / (HOUR / 4)) + draw(st.integers(0, 5))
    return found


@st.composite
def situations(draw: st.DrawFn) -> tuple[list[Target], list[Piece], timedelta]:
    pause = draw(st.sampled_from([NO_PAUSE, HOUR / 4, HOUR / 2]))
    there = [
        Piece(*target, state=draw(st.sampled_from(list(SlotState))), retiring=draw(st.booleans()))
        for target in draw(apart(NO_PAUSE))
    ]
    slots = [slot if slot.state is not OPEN else replace(slot, retiring=False) for slot in there]
    return draw(apart(pause)), [slot for slot in slots if slot.starts_at > NOW], pause


@given(situations())
def test_a_plan_that_is_carried_out_leaves_nothing_to_do(situation):
    wanted, slots, pause = situation

    after = carried_out(planned(wanted, slots, pause), slots)

    assert planned(wanted, after, pause) == Plan()


@given(situations())
def test_a_plan_publishes_what_is_wanted_apart_from_all_that_is_claimed(situation):
    wanted, slots, pause = situation

    after = carried_out(planned(wanted, slots, pause), slots)

    claimed = [slot for slot in slots if slot.state in CLAIMED]
    spans = {target.interval for target in wanted}
    shown = [slot for slot in after if slot.state is not WITHDRAWN]
    assert {slot.starts_at for slot in after if slot.state in CLAIMED} == {
        slot.starts_at for slot in claimed
    }
    for slot in shown:
        span = Interval(slot.starts_at, slot.ends_at)
        assert slot.state in CLAIMED or span in spans
        if slot.state is OPEN:
            others = (Interval(c.starts_at, c.ends_at) for c in claimed)
            assert not any(span.meets(other, pause) for other in others)
    assert all(a.ends_at <= b.starts_at for a, b in pairwise(shown))


@given(situations(), st.integers(1, 4))
def test_the_parts_of_a_plan_are_all_of_it_and_no_two_of_them_overlap(situation, most):
    wanted, slots, pause = situation
    whole = planned(wanted, slots, pause)

    cut = list(parts(whole, most=most))

    together = Plan[Piece]()
    for part in cut:
        for name, steps in vars(part).items():
            getattr(together, name).extend(steps)
    ends = [max(span.ends_at for span in spans_of(part)) for part in cut]
    starts = [min(span.starts_at for span in spans_of(part)) for part in cut]
    assert {name: sorted(steps) for name, steps in vars(together).items()} == {
        name: sorted(steps) for name, steps in vars(whole).items()
    }
    assert all(end <= start for end, start in zip(ends, starts[1:], strict=False))


def spans_of(part: Plan[Piece]) -> list[Piece | Target]:
    moves = [*part.reopen, *part.change, *part.restore]
    single = [*part.withdraw, *part.retire, *part.settle]
    moved = [(move.slot, move.target) for move in moves]
    return [*part.add, *single, *(span for both in moved for span in both)]
