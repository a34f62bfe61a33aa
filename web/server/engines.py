"""Engines: the servers that can be embedded, and which of them wrote a data folder."""

import json
import re
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from web.server.data_folder import FolderTrouble
from web.server.keys import write_whole


class EngineKind(StrEnum):
    """What an engine is; its data lies in a folder of its own within the data folder."""

    MONGOD = "mongod"
    SECANTUS = "secantusdb"

    @property
    def label(self) -> str:
        """Return what people call it."""
        return {"mongod": "MongoDB", "secantusdb": "SecantusDB"}[self.value]

    def storage(self, data_dir: Path) -> Path:
        """Return the folder that it keeps its data in."""
        return data_dir / {"mongod": "mongodb", "secantusdb": "database"}[self.value]


@dataclass(frozen=True)
class Engine:
    """An engine in one of its versions."""

    kind: EngineKind
    version: str
    """Empty if a folder does not say which version wrote it."""

    def __str__(self) -> str:
        return f"{self.kind.label} {self.version}".rstrip()

    def can_open(self, writer: "Engine") -> bool:
        """Say whether it may open what another wrote: the same engine, and no older version."""
        return self.kind is writer.kind and _order(self.version) >= _order(writer.version)


def _order(version: str) -> tuple[list[int], bool, str, int]:
    """Return what versions sort by: 7.0.0rc1 comes before 7.0.0."""
    found = re.match(r"(\d+(?:\.\d+)*)(?:[-.]?([a-z]+)\.?(\d*))?", version)
    if found is None:
        return [], False, "", 0
    release = [int(number) for number in found[1].split(".")]
    return release, found[2] is None, found[2] or "", int(found[3] or 0)


def writer_of(data_dir: Path) -> Engine | None:
    """Return the engine that a folder belongs to; None if nothing is kept there yet.

    Raises:
        FolderTrouble: What the folder says of it can't be read.
    """
    path = data_dir / "engine"
    if path.exists():
        return _read(path)
    # Before folders said so, SecantusDB wrote them all.
    for kind in (EngineKind.SECANTUS, EngineKind.MONGOD):
        storage = kind.storage(data_dir)
        if storage.is_dir() and any(storage.iterdir()):
            return Engine(kind, "")
    return None


def _read(path: Path) -> Engine:
    try:
        told = json.loads(path.read_text())
        return Engine(EngineKind(told["engine"]), str(told["version"]))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise FolderTrouble(
            f"DATA_DIR: {path} does not say which database the folder belongs to. "
            "Put that file back, or set DATA_DIR to another folder."
        ) from error


def note_writer(data_dir: Path, engine: Engine) -> None:
    """Write down which engine has opened the folder."""
    text = json.dumps({"engine": engine.kind.value, "version": engine.version})
    write_whole(data_dir / "engine", text, replace=True)
