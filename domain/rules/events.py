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


def of_changed_fields(changed: Mapping[str, object], state: SlotState) -> SlotEvent | None:
    """Name what an update did to a slot, from the fields that it gave another value.

    A lapsed hold that someone takes goes from held to held: its state is not among the changed
    fields, but `held_since` is. An offer that is taken over in another browser changes `held_by`
    alone. An extension leaves both as they are, and is no event. A slot that is reopened, or gets
    another end or other terms, is published anew.

    Args:
        changed: The fields and their new values.
        state: The slot's by now.
    """
    if "published_at" in changed:
        return SlotEvent.PUBLISHED
    if "full" in changed:
        if changed["full"]:
            return SlotEvent.FULL
        is_kept = state is SlotState.HELD and "state" not in changed
        return SlotEvent.HELD if is_kept else SlotEvent.FREED
    now_in = changed.get("state")
    if isinstance(now_in, str):
        return OF_STATE[SlotState(now_in)]
    return SlotEvent.HELD if {"held_since", "held_by"} & changed.keys() else None
