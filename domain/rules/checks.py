"""Checks of an installation: what was looked at, what was found, and what to do about it."""

from dataclasses import dataclass
from enum import StrEnum

from domain.rules.errors import Sentence


class CheckState(StrEnum):
    """How something is."""

    OK = "ok"
    WARNING = "warning"
    """It works, but not as well or not as long as it should."""
    WRONG = "wrong"


@dataclass(frozen=True)
class Check:
    """One thing that was looked at."""

    name: Sentence
    state: CheckState
    finding: Sentence
    advice: Sentence | None = None
    """What to do about it; None where all is well."""


@dataclass(frozen=True)
class Checking:
    """Words the checks of one thing."""

    name: Sentence

    def ok(self, finding: Sentence) -> Check:
        """Say that all is well."""
        return Check(self.name, CheckState.OK, finding)

    def warning(self, finding: Sentence, advice: Sentence) -> Check:
        """Say that it works, and might not."""
        return Check(self.name, CheckState.WARNING, finding, advice)

    def wrong(self, finding: Sentence, advice: Sentence) -> Check:
        """Say that it does not work."""
        return Check(self.name, CheckState.WRONG, finding, advice)
