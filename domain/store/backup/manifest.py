"""The manifest of a backup: what it holds, and of when."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from domain.store.backup.files import FileUnusable

FORMAT = 1


@dataclass(frozen=True)
class ArchivePart:
    """What a file of the archive holds."""

    documents: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """What a backup says of itself."""

    made_at: datetime
    """The instant that everything in it is of."""
    migrations: tuple[str, ...]
    """What its database had seen; its documents are of that shape."""
    parts: Mapping[str, ArchivePart]

    @property
    def collections(self) -> Sequence[str]:
        """Return the names of the collections that it holds."""
        return sorted({name.partition(".")[0] for name in self.parts})

    def to_json(self) -> bytes:
        """Return what `of_json` reads."""
        told = {
            "format": FORMAT,
            "made_at": self.made_at.isoformat(),
            "migrations": [*self.migrations],
            "parts": {name: asdict(part) for name, part in self.parts.items()},
        }
        return json.dumps(told, indent=1).encode()

    @classmethod
    def of_json(cls, text: bytes, path: Path) -> "Manifest":
        """Read the manifest of the backup at a path.

        Raises:
            FileUnusable: A later version wrote it.
        """
        told: dict[str, Any] = json.loads(text)
        if told["format"] != FORMAT:
            raise FileUnusable(
                f"{path} was written by a newer version of the program: update this one."
            )
        parts = {name: ArchivePart(**part) for name, part in told["parts"].items()}
        made_at = datetime.fromisoformat(told["made_at"])
        return cls(made_at, tuple(told["migrations"]), parts)
