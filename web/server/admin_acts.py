"""What can be asked for by `just admin`."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.store.core.database import Database


@dataclass(frozen=True)
class AdminAct:
    """One such wish, with what it names."""

    act: str
    """`list`, `approve`, `pause`, `add` or `remove`."""
    slug: str = ""
    """The expert to approve or pause."""
    anyway: bool = False
    """Whether to approve an expert whose page is not complete."""
    address: str = ""
    """The administrator to add or remove."""
    named: Collection[str] = ()
    """The administrators whom the settings name."""


Doing = Callable[[Database, AdminAct, datetime], Awaitable[Sequence[str]]]
"""Does what was asked for, and returns what to say about it."""
