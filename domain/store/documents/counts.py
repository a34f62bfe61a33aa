"""Counts as they are kept: one document for each rate and each of those whom it is counted by."""

from collections.abc import Iterable
from datetime import datetime

from odmantic import Model
from odmantic.config import ODMConfigDict
from pymongo import ASCENDING, IndexModel


def _count_indexes() -> Iterable[IndexModel]:
    yield IndexModel([("key", ASCENDING)], unique=True, name="key")
    yield IndexModel([("full_at", ASCENDING)], name="gone_when_full", expireAfterSeconds=0)


class Count(Model):
    """What is left of a rate (`domain.rules.request_limits`). A full one is deleted."""

    model_config = ODMConfigDict(collection="counts", indexes=_count_indexes)

    key: str
    """The rate's kind, and a keyed digest of whom it is counted by."""
    full_at: datetime
    """When nothing counts any more of what was asked for."""
