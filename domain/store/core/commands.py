"""Commands: what the database was asked to do, and how long it took, for whoever measures that."""

from collections.abc import Callable
from typing import NamedTuple

from pymongo.monitoring import (
    CommandFailedEvent,
    CommandListener,
    CommandStartedEvent,
    CommandSucceededEvent,
)


class Command(NamedTuple):
    """One command that has ended. It holds nothing of what was asked for or found."""

    operation: str
    """As MongoDB calls it: `find`, `update`, `commitTransaction`."""
    collection: str
    """Empty where it is about none."""
    seconds: float
    failed: bool


CommandHearer = Callable[[Command], None]
"""Called where the command was given: in a thread of its own, within the request's context."""


class Commands(CommandListener):
    """Tells its hearers of every command of the client that it was given to."""

    def __init__(self, *hearers: CommandHearer) -> None:
        self._hearers = hearers
        self._collections: dict[int, str] = {}

    def started(self, event: CommandStartedEvent) -> None:
        """Remember which collection a command is about: only its beginning tells."""
        about = event.command.get(event.command_name)
        self._collections[event.request_id] = about if isinstance(about, str) else ""

    def succeeded(self, event: CommandSucceededEvent) -> None:
        """Tell of a command that was answered."""
        self._tell(event, failed=False)

    def failed(self, event: CommandFailedEvent) -> None:
        """Tell of a command that was refused, or never answered."""
        self._tell(event, failed=True)

    def _tell(self, event: CommandSucceededEvent | CommandFailedEvent, *, failed: bool) -> None:
        collection = self._collections.pop(event.request_id, "")
        command = Command(event.command_name, collection, event.duration_micros / 1e6, failed)
        for hearer in self._hearers:
            hearer(command)
