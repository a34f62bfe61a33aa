"""The feed of slots: what one committed change says, and the watcher that brings them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from domain.rules.events import OF_STATE, SlotEvent, of_changed_fields
from domain.rules.slots import KEPT_FOR_SOMEBODY, SlotState
from domain.store.core.database import Database, Document, Key
from domain.store.documents import Slot
from domain.store.memory.watcher import Follower, RawChange, Watcher


@dataclass(frozen=True)
class SlotChange:
    """One committed change. The document is as looked up, often newer than the change itself."""

    event: SlotEvent | None
    """None if nothing visible happened: a hold was extended."""
    at: datetime
    """The `changed_at` that this change wrote."""
    document: Document

    @property
    def expert_id(self) -> Key:
        """Return whose slot it is, without reading the whole document."""
        key: Key = self.document["expert_id"]
        return key

    @property
    def held_until(self) -> datetime | None:
        """Return when the hold on the slot ends, or None when nobody holds it."""
        until: datetime = self.document["held_until"]
        return until if self.document["state"] in KEPT_FOR_SOMEBODY else None

    def slot(self) -> Slot:
        """Read the document. Only listeners need it: seeding changes thousands unwatched."""
        return Slot.model_validate_doc(self.document)


def read_change(raw: RawChange) -> SlotChange | None:
    """Read one entry of the change stream; None if the document is already gone."""
    document = raw.get("fullDocument")
    if document is None:
        return None
    if raw["operationType"] == "update":
        changed = raw["updateDescription"]["updatedFields"]
        at = changed.get("changed_at", document["changed_at"])
        event = of_changed_fields(changed, SlotState(document["state"]))
        return SlotChange(event, at, document)
    if raw["operationType"] == "insert":
        return SlotChange(SlotEvent.PUBLISHED, document["changed_at"], document)
    return SlotChange(OF_STATE[SlotState(document["state"])], document["changed_at"], document)


def slot_watcher(
    database: Database, follower: Follower[SlotChange], *, clock: Callable[[], datetime]
) -> Watcher[SlotChange]:
    """Return a watcher of the slots of one database."""
    return Watcher(database, Slot, read_change, follower, clock=clock)
