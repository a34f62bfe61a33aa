"""What the live stream asks of whoever renders: the same fragments that pages include.

Each fragment is audience-neutral and carries the attributes of an out-of-band swap.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from domain.store.documents import Slot


@dataclass(frozen=True, slots=True)
class Audience:
    """What of a listener decides how a fragment looks; those alike share the same bytes."""

    zone: str
    """An IANA zone that exists."""
    language: str


ANYBODY = Audience("", "")
"""All who are told the same, wherever they are and whatever they read."""


class FragmentRenderer(Protocol):
    """Renders fragments. Slots come in order of their start."""

    def slot(self, slot: Slot, *, zone: str, language: str, now: datetime) -> str:
        """Render one slot, `#slot-{id}`."""

    def day(
        self, on: date, slots: Sequence[Slot], *, zone: str, language: str, now: datetime
    ) -> str:
        """Render a whole day of the audience's, `#day-{date}`."""

    def day_count(
        self, on: date, slots: Sequence[Slot], *, zone: str, language: str, now: datetime
    ) -> str:
        """Render how many of a day's times are free."""

    def times(self, slots: Sequence[Slot], *, zone: str, language: str, now: datetime) -> str:
        """Render the whole list of a week."""
