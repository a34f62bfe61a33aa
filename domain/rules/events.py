"""What happened to a slot, in the past tense. The values are the names on the event stream."""

from collections.abc import Mapping
from enum import StrEnum

from domain.rules.slots import SlotState


class SlotEvent(StrEnum):
    """Something that happened to one slot."""

    HELD = "slotHeld"
    BOOKED = "slotBooked"
    FREED = "slotFreed"
    PUBLISHED = "slotPublished"
    WITHDRAWN = "slotWithdrawn"
    FULL = "slotFull"
    """Its expert has no session left on that day, or in that week."""


OF_STATE: Mapping[SlotState, SlotEvent] = {
    SlotState.OPEN: SlotEvent.FREED,
    SlotState.HELD: SlotEvent.HELD,
    SlotState.OFFERED: SlotEvent.HELD,
    SlotState.BOOKED: SlotEvent.BOOKED,
    SlotState.WITHDRAWN: SlotEvent.WITHDRAWN,
}
"""The event by which a slot that was already there comes into a state."""

CHANGE_THE_LIST = frozenset({SlotEvent.PUBLISHED, SlotEvent.WITHDRAWN})
"""Events after which a day has another set of times, not only another state of one of them."""


def of_changed_fields(changed: Mapping[str, object]) -> SlotEvent | None:
    """Name what an update did, from the fields that it gave another value.

    A lapsed hold that someone takes goes from held to held: its state is not among the changed
    fields, but `held_since` is. An offer that is taken over in another browser changes `held_by`
    alone. An extension leaves both as they are, and is no event. A slot that is reopened, or gets
    another end or other terms, is published anew.
    """
    if "published_at" in changed:
        return SlotEvent.PUBLISHED
    if "full" in changed:
        return SlotEvent.FULL if changed["full"] else SlotEvent.FREED
    state = changed.get("state")
    if isinstance(state, str):
        return OF_STATE[SlotState(state)]
    return SlotEvent.HELD if {"held_since", "held_by"} & changed.keys() else None
