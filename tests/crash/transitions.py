"""The transitions that are cut short, what leads up to each, and where each may be left."""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from datetime import timedelta

from tests.model.site import EXTRA
from tests.model.world import HOLD, OFFER, Order, Stage, World

Prelude = tuple[Order | timedelta, ...]

_HELD = Order("hold", "ann", 0)
_BOOKED = Order("book", "ann", 1, "mine")
_FULL = (Order("book", "ben", 0, "his"), _BOOKED, Order("hold", "ann", 2))
_IN_LINE = (*_FULL, Order("join", "eve", 0))
_BOTH_OFFERED = (
    *_IN_LINE,
    Order("join", "ann", 0),
    Order("join", "ben", 0),
    Order("cancel", "ann", 1, "mine"),
    Order("cancel", "ben", 0, "his"),
)
"""Eve and Ann, who gave the same address, are offered a time each; Ben is the next."""
_OFFERED = (*_IN_LINE, Order("join", "ben", 0), Order("cancel", "ann", 1, "mine"))


@dataclass(frozen=True)
class Transition:
    """An order to be killed in, after others that were carried out in peace."""

    name: str
    prelude: Prelude
    order: Order

    def __str__(self) -> str:
        return self.name


TRANSITIONS = (
    Transition("hold", (), _HELD),
    Transition("hold another", (_HELD, timedelta(seconds=1)), Order("hold", "ann", 2)),
    Transition("extend", (_HELD,), Order("extend", "ann", 0)),
    Transition("release", (_HELD,), Order("release", "ann", 0)),
    Transition("announce a lapse", (_HELD, HOLD), Order("announce", "", 0)),
    Transition("book what is held", (_HELD,), Order("book", "ann", 0, "new")),
    Transition("book what is free", (), Order("book", "ann", 0, "new")),
    Transition("cancel", (_BOOKED,), Order("cancel", "ann", 1, "mine")),
    Transition("reschedule", (_BOOKED, Order("hold", "ann", 2)), Order("move", "ann", 2, "mine")),
    Transition("get in line", _FULL, Order("join", "eve", 0)),
    Transition("leave the waitlist", _IN_LINE, Order("leave", "eve", 0)),
    Transition("offer what is cancelled", _IN_LINE, Order("cancel", "ann", 1, "mine")),
    Transition("offer what is moved away from", _IN_LINE, Order("move", "ann", 2, "mine")),
    Transition("offer what is given up", _IN_LINE, Order("release", "ann", 2)),
    Transition("pass a lapsed offer on", (*_OFFERED, OFFER), Order("announce", "", 1)),
    Transition("decline an offer", _OFFERED, Order("release", "eve", 1)),
    Transition("book what is offered", _OFFERED, Order("book", "eve", 1, "new")),
    Transition("take an offer over", _BOTH_OFFERED, Order("take_offer", "ben", 1)),
    Transition("publish to a line", _IN_LINE, Order("publish", "", EXTRA[0])),
)


def left_at(world: World, order: Order) -> Iterator[World]:
    """Yield the world before an order and after each of its stages: where it may be left."""
    stage: Stage | str = Stage()
    yield deepcopy(world)
    while isinstance(stage, Stage):
        stage = world.step(order, stage)
        yield deepcopy(world)
