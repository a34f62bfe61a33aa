"""The log as it is kept: one document for each act, each with the hash of the one before."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from odmantic import EmbeddedModel, Field, Model
from odmantic.config import ODMConfigDict
from pymongo import ASCENDING, IndexModel

from domain.rules.instants import to_milliseconds
from domain.rules.log import hash_of


class LoggedChange(EmbeddedModel):
    """What a field was before an act, and after it; see `domain.rules.log.FieldChange`."""

    field: str
    before: Any = None
    after: Any = None


def _log_indexes() -> Iterable[IndexModel]:
    yield IndexModel([("seq", ASCENDING)], unique=True, name="seq")
    yield IndexModel([("at", ASCENDING), ("seq", ASCENDING)], name="at_seq")
    for field in ("actor_key", "subject_key", "action"):
        keys = [(field, ASCENDING), ("at", ASCENDING), ("seq", ASCENDING)]
        yield IndexModel(keys, name=f"{field.removesuffix('_key')}_at")


class LogEntry(Model):
    """One act of an administrator or an expert. It is never changed.

    Kinds and actions are text: a process may read what a newer one has written.
    """

    model_config = ODMConfigDict(collection="log", indexes=_log_indexes)

    seq: int
    """Counts from 1, without gaps."""
    at: datetime
    actor_kind: str
    actor_key: str
    action: str
    subject_kind: str
    subject_key: str
    changes: list[LoggedChange] = Field(default_factory=list)
    previous: str
    """The hash of the entry before."""
    hash: str = ""
    """The hash of all the fields above; see `digest`."""

    def digest(self) -> str:
        """Return what the hash of this entry has to be."""
        return hash_of(
            {
                "seq": self.seq,
                "at": to_milliseconds(self.at),
                "actor": [self.actor_kind, self.actor_key],
                "action": self.action,
                "subject": [self.subject_kind, self.subject_key],
                "changes": [[one.field, one.before, one.after] for one in self.changes],
                "previous": self.previous,
            }
        )


def _start_indexes() -> Iterable[IndexModel]:
    yield IndexModel([("key", ASCENDING)], unique=True, name="key")


class LogStart(Model):
    """The last entry that has expired: from its hash the rest can still be followed."""

    model_config = ODMConfigDict(collection="log_start", indexes=_start_indexes)

    key: str = "log"
    """Always the same: there is one start."""
    seq: int
    hash: str
