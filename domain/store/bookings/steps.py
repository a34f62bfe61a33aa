"""Steps of a booking and its slot, as guards and updates for the transactions that make them."""

from datetime import datetime

from domain.rules.instants import EPOCH
from domain.rules.slots import SlotState
from domain.store.core.database import Document
from domain.store.documents import Booking, Change, Step
from domain.store.slots.guards import transition


def as_read(booking: Booking) -> Document:
    """Match a booking that nothing has changed since it was read."""
    return {
        "_id": booking.id,
        "status": booking.status.value,
        "slot_id": booking.slot_id,
        "rev": booking.rev,
    }


def its_slot(booking: Booking) -> Document:
    """Match the slot that a booking has."""
    return {"_id": booking.slot_id, "state": SlotState.BOOKED.value, "booking_id": booking.id}


def booked_by(booking: Booking, now: datetime) -> Document:
    """Return the update of a slot that a booking takes."""
    return transition(
        now,
        state=SlotState.BOOKED.value,
        held_by=None,
        held_since=EPOCH,
        held_until=EPOCH,
        full=False,
        unproven_offers=0,
        booking_id=booking.id,
    )


def step_of(booking: Booking, step: Step, now: datetime) -> Change:
    """Return a step of a booking that leaves it at its time."""
    return Change(step=step, at=now, starts_at=booking.starts_at, ends_at=booking.ends_at)


def changed(step: Change, **fields: object) -> Document:
    """Return the update of one change of a booking: it is dated, counted and remembered."""
    entry = step.model_dump_doc()
    return {
        "$set": {**fields, "changed_at": step.at},
        "$inc": {"rev": 1},
        "$push": {"history": entry},
    }
