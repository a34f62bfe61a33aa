"""A Dockerfile, read as far as tests ask: its stages, and what each instruction says."""

import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple


class Instruction(NamedTuple):
    """One instruction, with what it is told on one line."""

    name: str
    told: str

    @property
    def words(self) -> list[str]:
        """What it is told, word by word, without options."""
        return [word for word in shlex.split(self.told) if not word.startswith("--")]

    @property
    def command(self) -> list[str]:
        """What it runs, in exec form; a shell's line is none, and an error."""
        command = json.loads(self.told[self.told.index("[") :])
        assert all(isinstance(word, str) for word in command)
        return list(command)


@dataclass(frozen=True)
class Stage:
    """What stands from one FROM to the next."""

    instructions: list[Instruction]

    def all(self, name: str) -> list[Instruction]:
        """Return the instructions of one kind."""
        return [one for one in self.instructions if one.name == name]

    def one(self, name: str) -> Instruction:
        """Return the only instruction of its kind."""
        (found,) = self.all(name)
        return found

    @property
    def copied(self) -> list[str]:
        """The files and folders of ours that it copies."""
        ours = [copy for copy in self.all("COPY") if "--from=" not in copy.told]
        return [word for copy in ours for word in copy.words[:-1]]

    @property
    def variables(self) -> dict[str, str]:
        """The variables that it sets."""
        return dict(word.split("=", 1) for env in self.all("ENV") for word in env.words)


def stages(path: Path) -> list[Stage]:
    """Return a Dockerfile's stages, the last of which is the image."""
    found: list[Stage] = []
    for instruction in _instructions(path.read_text()):
        if instruction.name == "FROM":
            found.append(Stage([]))
        found[-1].instructions.append(instruction)
    return found


def _instructions(text: str) -> Iterator[Instruction]:
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    for line in re.sub(r"\\\n\s*", "", "\n".join(lines)).splitlines():
        name, _, told = line.partition(" ")
        yield Instruction(name, told)
