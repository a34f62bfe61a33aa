"""Editions: whether an expert's times are still as they were when somebody looked."""

from datetime import datetime

from domain.store.core.database import Key
from domain.store.memory.slot_changes import SlotChange


class Editions:
    """An object for each expert, and another one after each change of their times.

    Follows the slots as a watcher tells of them. While it is down nobody knows.
    """

    def __init__(self) -> None:
        self._known: dict[Key, object] = {}
        self._is_up = False

    def of(self, expert_id: Key) -> object | None:
        """Return the present edition of an expert's times, or None: ask before you read them."""
        return self._known.setdefault(expert_id, object()) if self._is_up else None

    async def up(self, since: datetime) -> None:  # noqa: ARG002 - whatever was missed, all is new
        """Know from now on."""
        self.down()
        self._is_up = True

    def down(self) -> None:
        """Know nothing."""
        self._is_up = False
        self._known.clear()

    async def changed(self, change: SlotChange) -> None:
        """Take over one change."""
        self._known.pop(change.expert_id, None)
