"""What changed about everybody's free times within a window: only that something has."""

import asyncio
from datetime import datetime

from domain.rules.windows import Window
from domain.store.core.background import end
from web.live.hub import Hub
from web.live.messages import OPENINGS_CHANGED
from web.live.rendering import ANYBODY

_SETTLE = 0.05
"""Seconds in which changes made together are gathered."""
_PAUSE = 1.0
"""Seconds between two messages about one window."""


class OpeningNews:
    """Tells the listeners of windows to look again, at most once a second."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._due: set[Window] = set()
        self._telling: asyncio.Task[None] | None = None

    def note(self, starts_at: datetime, ends_at: datetime) -> None:
        """Remember that a time has come free or was taken."""
        self._due.update(w for w in self._hub.windows if w.holds(starts_at, ends_at))
        self._tell_soon()

    def note_all(self) -> None:
        """Remember that anything may have changed."""
        self._due.update(self._hub.windows)
        self._tell_soon()

    async def stop(self) -> None:
        """Drop what is still to be told; listeners look again when they come back."""
        if self._telling is not None:
            await end(self._telling)

    def _tell_soon(self) -> None:
        if self._due and self._telling is None:
            self._telling = asyncio.create_task(self._tell_while_due())

    async def _tell_while_due(self) -> None:
        try:
            while self._due:
                await asyncio.sleep(_SETTLE)
                due, self._due = self._due, set()
                for window in due:
                    self._hub.send(window, ANYBODY, OPENINGS_CHANGED)
                await asyncio.sleep(_PAUSE)
        finally:
            self._telling = None
