"""What is kept of an erasure: which document named somebody who was erased, and nobody's name."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from odmantic import Model
from odmantic.config import ODMConfigDict
from pymongo import ASCENDING, IndexModel


class ErasedFrom(StrEnum):
    """What kind of document somebody was erased from."""

    BOOKING = "booking"
    WAITLIST_ENTRY = "waitlist_entry"
    MAIL = "mail"
    EXPERT = "expert"


def _erasure_indexes() -> Iterable[IndexModel]:
    yield IndexModel([("at", ASCENDING)], name="at")


class ErasedDocument(Model):
    """A document that somebody was erased from, by its own key: a restored backup has it as it was.

    With nothing but this, nobody can tell who it was.
    """

    model_config = ODMConfigDict(collection="erasures", indexes=_erasure_indexes)

    of: ErasedFrom
    at: datetime
