"""Holders: who holds a time, known without asking the database."""

from collections import Counter
from datetime import datetime

from domain.rules.slots import KEPT_FOR_SOMEBODY, SlotState
from domain.store.core.database import Database, Key
from domain.store.documents import Slot
from domain.store.memory.slot_changes import SlotChange


class Holders:
    """Answers whether somebody may hold a time, or be offered one, as a watcher tells of slots.

    Offers from before the watcher are not looked for: there is no index by which to find them.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._is_up = False
        self._holder_of: dict[Key, str] = {}
        self._holds: Counter[str] = Counter()

    def may_include(self, visitor_id: str) -> bool:
        """Say whether a visitor may hold a time. A hold of this very moment may be unheard of."""
        return not self._is_up or visitor_id in self._holds

    async def up(self, since: datetime) -> None:  # noqa: ARG002 - all is read, whatever was missed
        """Read who holds what. What has changed since the watcher opened follows."""
        query = {"state": SlotState.HELD.value}
        cursor = self._database.collection(Slot).find(query, {"held_by": 1})
        self._holder_of = {slot["_id"]: slot["held_by"] async for slot in cursor}
        self._holds = Counter(self._holder_of.values())
        self._is_up = True

    def down(self) -> None:
        """Know nothing."""
        self._is_up = False

    async def changed(self, change: SlotChange) -> None:
        """Take over one change."""
        slot = change.document
        before = self._holder_of.pop(slot["_id"], None)
        if before is not None:
            self._holds[before] -= 1
            if not self._holds[before]:
                del self._holds[before]
        if slot["state"] in KEPT_FOR_SOMEBODY:
            self._holder_of[slot["_id"]] = slot["held_by"]
            self._holds[slot["held_by"]] += 1
