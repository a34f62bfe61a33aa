"""The model: what may happen to slots and bookings, said once more in the plainest way.

An order runs in stages, each of which is one atomic read or write of the program. Run to its end
at once, an order has one outcome; run among others, stage by stage, it has those that a race has.
"""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from domain.errors import Code

HOLD = timedelta(minutes=5)
LEAD = timedelta(minutes=5)
MINUTE = timedelta(minutes=1)
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
    rev: int = 1


@dataclass
class Booking:
    """A booking as the model knows it, with the slot it had after each step."""

    visitor: str
    slot: int
    key: str
    steps: list[tuple[str, int]] = field(default_factory=list)
    cancelled: bool = False


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
    refused: str = ""


@dataclass
class World:
    """Everything there is."""

    now: datetime
    rules: list[Rules]
    slots: list[Slot]
    bookings: dict[str, Booking] = field(default_factory=dict)

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
        notice = max(LEAD, self.rules[slot.expert].notice)
        lapsed = (
            slot.state == "held" and slot.held_until is not None and slot.held_until <= self.now
        )
        return (slot.state == "open" or lapsed) and self.now < slot.starts_at - notice

    def _holds(self, slot: Slot, visitor: str) -> bool:
        live = slot.held_until is not None and self.now < slot.held_until
        return slot.state == "held" and slot.held_by == visitor and live

    def _may_book(self, slot: Slot, visitor: str) -> bool:
        return slot.state == "held" and slot.held_by == visitor and self.now < slot.starts_at

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

    def _give(self, slot: Slot, number: int, key: str) -> None:
        slot.state, slot.held_by = "booked", None
        slot.held_since = slot.held_until = None
        slot.booking = number
        slot.rev += 1
        self.bookings[key].slot = number

    # Orders

    def _hold(self, order: Order, stage: Stage) -> Stage | Outcome:
        slot = self.slots[order.slot]
        if stage.at == "begin":
            if self._holds(slot, order.visitor):
                return DONE
            return Stage("older") if self._take(slot, order.visitor) else Code.SLOT_TAKEN
        for other in self.slots:
            older = other.held_since is not None and other.held_since < self.now
            if other.state == "held" and other.held_by == order.visitor and older:
                self._open(other)
        return DONE

    def _extend(self, order: Order, stage: Stage) -> Stage | Outcome:
        slot = self.slots[order.slot]
        if stage.at == "begin":
            if not self._holds(slot, order.visitor):
                return Code.HOLD_GONE
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
        slot = self.slots[order.slot]
        if slot.state == "held" and slot.held_by == order.visitor:
            self._open(slot)
        return DONE

    def _announce(self, order: Order, _: Stage) -> Outcome:
        slot = self.slots[order.slot]
        if slot.state == "held" and slot.held_until is not None and slot.held_until <= self.now:
            self._open(slot)
        return DONE

    def _book(self, order: Order, stage: Stage) -> Stage | Outcome:
        slot, earlier = self.slots[order.slot], self.bookings.get(order.key)
        if stage.at in {"begin", "refused"} and earlier is not None:
            return DONE if self._is_same(earlier, order) else Code.FORM_INVALID
        if stage.at == "refused":
            return stage.refused
        if stage.at == "begin":
            return Stage("claim")
        if self._may_book(slot, order.visitor) and earlier is None:
            self.bookings[order.key] = Booking(order.visitor, order.slot, order.key)
            self._give(slot, order.slot, order.key)
            self.bookings[order.key].steps.append(("booked", order.slot))
            return DONE
        if stage.at == "claim":
            taken = self._take(slot, order.visitor)
            return Stage("held") if taken else Stage("refused", refused=Code.SLOT_TAKEN)
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
        self._open(slot)
        return DONE

    def _move(self, order: Order, _: Stage) -> Stage | Outcome:
        booking, wanted = self.bookings.get(order.key), self.slots[order.slot]
        if booking is None or booking.visitor != order.visitor:
            return Code.BOOKING_UNKNOWN
        if booking.slot == order.slot and not booking.cancelled:
            return DONE
        if code := self._why_not_move(booking, wanted):
            return code
        if self._may_book(wanted, order.visitor):
            self._open(self.slots[booking.slot])
            self._give(wanted, order.slot, order.key)
            booking.steps.append(("rescheduled", order.slot))
            return DONE
        return Stage("held") if self._take(wanted, order.visitor) else Code.SLOT_TAKEN

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


def all_ways(world: World, orders: list[Order]) -> Iterator[tuple[World, list[Outcome]]]:
    """Yield every end that orders begun at once can come to, whichever goes first at each stage."""
    yield from _all_ways(world, orders, [Stage() for _ in orders])


def _all_ways(
    world: World, orders: list[Order], reached: list[Stage | Outcome]
) -> Iterator[tuple[World, list[Outcome]]]:
    open_ones = [n for n, stage in enumerate(reached) if isinstance(stage, Stage)]
    if not open_ones:
        yield world, [stage for stage in reached if not isinstance(stage, Stage)]
    for n in open_ones:
        stage = reached[n]
        assert isinstance(stage, Stage)
        then, after = deepcopy(world), list(reached)
        after[n] = then.step(orders[n], stage)
        yield from _all_ways(then, orders, after)
