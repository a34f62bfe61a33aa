"""Runs of the audit as they are kept: the last one, and when the next is due."""

from collections.abc import Iterable
from datetime import datetime

from odmantic import Field, Model
from odmantic.config import ODMConfigDict
from pymongo import ASCENDING, IndexModel


def _run_indexes() -> Iterable[IndexModel]:
    yield IndexModel([("key", ASCENDING)], unique=True, name="key")


class AuditRun(Model):
    """What the last run has found. It names documents by key, and nobody."""

    model_config = ODMConfigDict(collection="audit_runs", indexes=_run_indexes)

    key: str = "audit"
    """Always the same: there is one."""
    due_at: datetime
    """From when on a process is to run it again."""
    ran_at: datetime | None = None
    """When the last one ended; None until one has."""
    findings: list[str] = Field(default_factory=list)
    """The first of them."""
    count: int = 0
    """How many there were."""
