"""The model: what may happen to slots and bookings, said once more in the plainest way.

An order runs in stages, each of which is one atomic read or write of the program. Run to its end
at once, an order has one outcome; run among others, stage by stage, it has those that a race has.
"""

from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count

from domain.rules.errors import Code

HOLD = timedelta(minutes=5)
OFFER = timedelta(minutes=10)
LINE = timedelta(days=1)
"""How long after the beginning of the world the times start that one can wait for."""
UNPROVEN_OFFERS = 3
"""How often a time is offered to addresses that nobody has proven until it is booked again."""
LEAD = timedelta(minutes=5)
MINUTE = timedelta(minutes=1)
ADDRESSES = {"ann": "ann", "ben": "ben", "eve": "ann"}
"""Whose e-mail each visitor gives: Eve gives Ann's."""
PROVEN = {"ben"}
"""Whose browser has proven that address."""
DONE = "done"
Outcome = str
"""DONE, or the code of a refusal."""


@dataclass(frozen=True)
class Rules:
    """An expert's terms."""

    notice: timedelta = timedelta(0)
    cancel_before: timedelta = timedelta(0)
    reschedule_before: timedelta = timedelta(0)
    max_reschedules: int | None = None


EASY = Rules()
STRICT = Rules(30 * MINUTE, 120 * MINUTE, 60 * MINUTE, 2)


@dataclass
class Slot:
    """A time as the model knows it."""

    expert: int
    starts_at: datetime
    state: str = "open"
    held_by: str | None = None
    held_since: datetime | None = None
    held_until: datetime | None = None
    booking: int | None = None
    unproven_offers: int = 0
    rev: int = 1


@dataclass
class Booking:
    """A booking as the model knows it, with the slot it had after each step."""

    visitor: str
    slot: int
    key: str
    steps: list[tuple[str, int]] = field(default_factory=list)
    cancelled: bool = False


@dataclass
class Wait:
    """A visitor's place in an expert's line, and the slot that it is offered."""

    visitor: str
    address: str
    expert: int
    is_proven: bool = False
    slot: int | None = None
    key: int = field(default_factory=count().__next__)
    """What the mailed link names."""

    def is_other_place_of(self, wait: "Wait") -> bool:
        """Say whether it is another place that the same address has in the same line."""
        theirs = (wait.address, wait.expert)
        return self.key != wait.key and (self.address, self.expert) == theirs


@dataclass(frozen=True)
class Order:
    """What a visitor asks for. Bookings are named by the key of their form."""

    verb: str
    visitor: str = ""
    slot: int = 0
    key: str = ""


@dataclass
class Stage:
    """How far an order has come."""

    at: str = "begin"
    until: datetime | None = None
    rev: int = 0
    kept: str = ""
    waits: list[Wait] = field(default_factory=list)
    refused: str = ""


@dataclass
class World:
    """Everything there is."""

    now: datetime
    rules: list[Rules]
    slots: list[Slot]
    bookings: dict[str, Booking] = field(default_factory=dict)
    waits: list[Wait] = field(default_factory=list)
    """Those who joined first in front."""
    line_ends_at: datetime = field(init=False)

    def __post_init__(self) -> None:
        self.line_ends_at = self.now + LINE

    def run(self, order: Order) -> Outcome:
        """Carry an order out with nobody in between."""
        stage = Stage()
        while True:
            reached = self.step(order, stage)
            if not isinstance(reached, Stage):
                return reached
            stage = reached

    def step(self, order: Order, stage: Stage) -> Stage | Outcome:
        """Carry out the next stage of an order; the outcome once there is one."""
        verb: Stage | Outcome = getattr(self, f"_{order.verb}")(order, stage)
        return verb

    def wait(self, time: timedelta) -> None:
        """Let time pass."""
        self.now += time

    # What holds of a slot

    def _is_free(self, slot: Slot) -> bool:
        return (slot.state == "open" or self._is_lapsed(slot)) and self._is_open(slot)

    def _is_lapsed(self, slot: Slot) -> bool:
        return slot.state == "held" and self._is_over(slot)

    def _is_open(self, slot: Slot) -> bool:
        notice = max(LEAD, self.rules[slot.expert].notice)
        return self.now < slot.starts_at - notice

    def _is_over(self, slot: Slot) -> bool:
        return slot.held_until is not None and slot.held_until <= self.now

    def _holds(self, slot: Slot, visitor: str) -> bool:
        return bool(self._kept(slot, visitor)) and not self._is_over(slot)

    def _kept(self, slot: Slot, visitor: str) -> str:
        """Return how a slot is kept for a visitor: held, offered, or not at all."""
        return slot.state if slot.held_by == visitor else ""

    def _may_book(self, slot: Slot, visitor: str) -> str:
        return self._kept(slot, visitor) if self.now < slot.starts_at else ""

    def _take(self, slot: Slot, visitor: str) -> bool:
        if not self._is_free(slot):
            return self._holds(slot, visitor)
        slot.state, slot.held_by, slot.booking = "held", visitor, None
        slot.held_since, slot.held_until = self.now, min(self.now + HOLD, slot.starts_at)
        slot.rev += 1
        return True

    def _open(self, slot: Slot) -> None:
        slot.state, slot.held_by, slot.booking = "open", None, None
        slot.held_since = slot.held_until = None
        slot.rev += 1

    def _free(self, number: int, booked_by: str | None = None) -> None:
        """Offer a slot to the first in line who is not the one that held it, or had it booked.

        Proven addresses come first, and others have had their chance after so many offers.
        """
        slot = self.slots[number]
        line = [w for w in self.waits if w.expert == slot.expert and w.slot is None]
        others = [w for w in line if w.visitor != (slot.held_by or booked_by)]
        proven = [w for w in others if w.is_proven]
        unproven = [w for w in others if not w.is_proven]
        wanted = [*proven, *(unproven if slot.unproven_offers < UNPROVEN_OFFERS else [])]
        first = next(iter(wanted), None) if self._is_open(slot) else None
        self._open(slot)
        if first is not None:
            first.slot = number
            slot.unproven_offers += not first.is_proven
            slot.state, slot.held_by, slot.held_since = "offered", first.visitor, self.now
            slot.held_until = min(self.now + OFFER, slot.starts_at)

    def _announce_lapsed(self, number: int) -> bool:
        """Free a slot whose hold has lapsed; say whether it had."""
        lapsed = self._is_lapsed(self.slots[number])
        if lapsed:
            self._free(number)
        return lapsed

    def _end(self, wait: Wait) -> None:
        """End a place in line; what it was offered goes to the next."""
        self.waits.remove(wait)
        if wait.slot is not None:
            self._free(wait.slot)

    def _offered(self, number: int) -> Wait | None:
        return next((wait for wait in self.waits if wait.slot == number), None)

    def _give(self, slot: Slot, number: int, key: str) -> None:
        if wait := self._offered(number):
            self.waits.remove(wait)
        slot.state, slot.held_by = "booked", None
        slot.held_since = slot.held_until = None
        slot.unproven_offers = 0
        slot.booking = number
        slot.rev += 1
        self.bookings[key].slot = number

    # Orders

    def _hold(self, order: Order, stage: Stage) -> Stage | Outcome:
        slot = self.slots[order.slot]
        if stage.at == "begin":
            if self._holds(slot, order.visitor):
                return DONE
            if not self._is_free(slot):
                return Code.SLOT_TAKEN
            self._announce_lapsed(order.slot)
            return Stage("take")
        if stage.at == "take":
            return Stage("older") if self._take(slot, order.visitor) else Code.SLOT_TAKEN
        for number, other in enumerate(self.slots):
            older = other.held_since is not None and other.held_since < self.now
            mine = other.state == "held" and other.held_by == order.visitor
            if mine and older and number != order.slot:
                self._free(number)
        return DONE

    def _extend(self, order: Order, stage: Stage) -> Stage | Outcome:
        slot = self.slots[order.slot]
        if stage.at == "begin":
            if not self._holds(slot, order.visitor):
                return Code.HOLD_GONE
            if slot.state == "offered":
                return Code.HOLD_SPENT
            assert slot.held_until is not None
            assert slot.held_since is not None
            until = min(slot.held_until + HOLD, slot.starts_at, slot.held_since + 11 * HOLD)
            return Stage("write", until, slot.rev) if until > slot.held_until else Code.HOLD_SPENT
        if stage.at == "write":
            if slot.rev == stage.rev:
                slot.held_until, slot.rev = stage.until, slot.rev + 1
            return Stage("look")
        return DONE if self._holds(slot, order.visitor) else Code.HOLD_GONE

    def _release(self, order: Order, _: Stage) -> Outcome:
        kept = self._kept(self.slots[order.slot], order.visitor)
        offer = self._offered(order.slot)
        if kept == "held":
            self._free(order.slot)
        elif kept and offer:
            self._end(offer)
        return DONE

    def _announce(self, order: Order, _: Stage) -> Outcome:
        slot, offer = self.slots[order.slot], self._offered(order.slot)
        if not self._announce_lapsed(order.slot) and offer and self._is_over(slot):
            self._end(offer)
        return DONE

    def _join(self, order: Order, stage: Stage) -> Stage | Outcome:
        expert = self.slots[order.slot].expert
        if stage.at == "begin":
            if self.now >= self.line_ends_at:
                return Code.DAY_OVER
            if any(self._is_free(slot) for slot in self.slots if slot.expert == expert):
                return Code.DAY_NOT_FULL
            return Stage("write")
        address = ADDRESSES[order.visitor]
        if not any(place.address == address for place in self._places(order)):
            self.waits.append(Wait(order.visitor, address, expert, order.visitor in PROVEN))
        return DONE

    def _prove(self, order: Order, stage: Stage) -> Stage | Outcome:
        """Confirm by mailed links the addresses that a visitor waits under."""
        if stage.at == "begin":
            places = self._places(order)
            return Stage("write", waits=places) if places else DONE
        first, *others = stage.waits
        for place in self.waits:
            place.is_proven |= place.key == first.key
        return Stage("write", waits=others) if others else DONE

    def _leave(self, order: Order, stage: Stage) -> Stage | Outcome:
        if stage.at == "begin":
            places = self._places(order)
            return Stage("end", waits=places) if places else DONE
        first, *others = stage.waits
        found = next((wait for wait in self.waits if wait.key == first.key), None)
        if found is not None:
            self._end(found)
        return Stage("end", waits=others) if others else DONE

    def _places(self, order: Order) -> list[Wait]:
        mine = (order.visitor, self.slots[order.slot].expert)
        return [w for w in self.waits if (w.visitor, w.expert) == mine]

    def _take_offer(self, order: Order, stage: Stage) -> Stage | Outcome:
        """Use the mailed link of whoever is offered a slot."""
        slot, offer = self.slots[order.slot], self._offered(order.slot)
        if stage.at == "begin":
            return Stage("look", waits=[offer]) if offer else Code.WAIT_GONE
        gone = offer is None or offer.key != stage.waits[0].key or self.now >= self.line_ends_at
        if gone and stage.at == "look":
            return Code.WAIT_GONE
        if gone or offer is None or self._is_over(slot):
            return Code.OFFER_GONE
        if stage.at == "look":
            return Stage("write", waits=stage.waits)
        others = [w for w in self.waits if w.is_other_place_of(offer)]
        self.waits = [wait for wait in self.waits if wait not in others]
        for number in [wait.slot for wait in others if wait.slot is not None]:
            self._free(number)
        offer.visitor = slot.held_by = order.visitor
        slot.rev += 1
        return DONE

    def _publish(self, order: Order, stage: Stage) -> Stage | Outcome:
        """Add a slot that was not there."""
        slot = self.slots[order.slot]
        if stage.at == "begin":
            line = any(w.expert == slot.expert and w.slot is None for w in self.waits)
            return Stage("in line" if line else "write")
        if slot.state == "unpublished":
            slot.state = "open"
            slot.rev += 1
            if stage.at == "in line":
                self._free(order.slot)
        return DONE

    def _book(self, order: Order, stage: Stage) -> Stage | Outcome:
        slot, earlier = self.slots[order.slot], self.bookings.get(order.key)
        if stage.at in {"begin", "refused"} and earlier is not None:
            return DONE if self._is_same(earlier, order) else Code.FORM_INVALID
        if stage.at == "refused":
            return stage.refused
        if stage.at == "begin":
            return Stage("claim", kept=self._may_book(slot, order.visitor))
        if stage.kept and self._may_book(slot, order.visitor) == stage.kept and earlier is None:
            self.bookings[order.key] = Booking(order.visitor, order.slot, order.key)
            self._give(slot, order.slot, order.key)
            self.bookings[order.key].steps.append(("booked", order.slot))
            return DONE
        return self._take_to_book(order, stage)

    def _take_to_book(self, order: Order, stage: Stage) -> Stage:
        if stage.at in {"claim", "take"}:
            if self._announce_lapsed(order.slot):
                return Stage("take")
            if self._take(self.slots[order.slot], order.visitor):
                return Stage("held", kept="held")
        return Stage("refused", refused=Code.SLOT_TAKEN)

    @staticmethod
    def _is_same(booking: Booking, order: Order) -> bool:
        return (booking.visitor, booking.slot) == (order.visitor, order.slot)

    def _cancel(self, order: Order, _: Stage) -> Outcome:
        booking = self.bookings.get(order.key)
        if booking is None or booking.visitor != order.visitor:
            return Code.BOOKING_UNKNOWN
        if booking.cancelled:
            return DONE
        slot = self.slots[booking.slot]
        if self.now >= slot.starts_at:
            return Code.BOOKING_PAST
        if self.now >= slot.starts_at - self.rules[slot.expert].cancel_before:
            return Code.TOO_LATE_TO_CANCEL
        booking.cancelled = True
        booking.steps.append(("cancelled", booking.slot))
        self._free(booking.slot, booking.visitor)
        return DONE

    def _move(self, order: Order, stage: Stage) -> Stage | Outcome:
        booking, wanted = self.bookings.get(order.key), self.slots[order.slot]
        if booking is None or booking.visitor != order.visitor:
            return Code.BOOKING_UNKNOWN
        if stage.at == "take":
            return self._take_to_move(booking, order, stage)
        if booking.slot == order.slot and not booking.cancelled:
            return DONE
        if code := self._why_not_move(booking, wanted):
            return code
        if self._may_book(wanted, order.visitor):
            before = booking.slot
            self._give(wanted, order.slot, order.key)
            self._free(before, booking.visitor)
            booking.steps.append(("rescheduled", order.slot))
            return DONE
        return self._take_to_move(booking, order, Stage(rev=len(booking.steps)))

    def _take_to_move(self, booking: Booking, order: Order, stage: Stage) -> Stage | Outcome:
        if self._announce_lapsed(order.slot):
            return Stage("take", rev=stage.rev)
        if self._take(self.slots[order.slot], order.visitor):
            return Stage("held")
        return Code.SLOT_TAKEN if len(booking.steps) == stage.rev else Stage()

    def _why_not_move(self, booking: Booking, wanted: Slot) -> Code | None:
        slot = self.slots[booking.slot]
        rules = self.rules[slot.expert]
        made = sum(step == "rescheduled" for step, _ in booking.steps)
        if wanted.expert != slot.expert:
            return Code.SLOT_UNKNOWN
        if booking.cancelled:
            return Code.BOOKING_CANCELLED
        if self.now >= slot.starts_at:
            return Code.BOOKING_PAST
        if self.now >= slot.starts_at - rules.reschedule_before:
            return Code.TOO_LATE_TO_RESCHEDULE
        if rules.max_reschedules is not None and made >= rules.max_reschedules:
            return Code.NO_RESCHEDULES_LEFT
        return None


def all_ways(
    world: World, orders: list[Order], answered: Sequence[Outcome]
) -> Iterator[tuple[World, list[Outcome]]]:
    """Yield every end that orders begun at once can come to, whichever goes first at each stage.

    One that was answered BUSY may have given up after any stage: its hold, say, stays.
    """
    yield from _all_ways(world, orders, answered, [Stage() for _ in orders])


def _all_ways(
    world: World,
    orders: list[Order],
    answered: Sequence[Outcome],
    reached: list[Stage | Outcome],
) -> Iterator[tuple[World, list[Outcome]]]:
    open_ones = [n for n, stage in enumerate(reached) if isinstance(stage, Stage)]
    if not open_ones:
        yield world, [stage for stage in reached if not isinstance(stage, Stage)]
    for n in open_ones:
        stage = reached[n]
        assert isinstance(stage, Stage)
        then, after = deepcopy(world), list(reached)
        after[n] = then.step(orders[n], stage)
        yield from _all_ways(then, orders, answered, after)
        if answered[n] == Code.BUSY:
            given_up = [*reached[:n], Code.BUSY, *reached[n + 1 :]]
            yield from _all_ways(deepcopy(world), orders, answered, given_up)
