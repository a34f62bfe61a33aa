"""Administrators as they are kept: one document for each address that is, or was, one."""

from collections.abc import Iterable
from datetime import datetime

from odmantic import Model
from odmantic.config import ODMConfigDict
from pymongo import ASCENDING, IndexModel

from domain.rules.instants import EPOCH, NEVER


def _administrator_indexes() -> Iterable[IndexModel]:
    yield IndexModel([("address", ASCENDING)], unique=True, name="address")


class Administrator(Model):
    """An address that may see /admin, as long as it was not removed or the settings name it.

    The document stays after that: the log knows administrators by their keys.
    """

    model_config = ODMConfigDict(collection="administrators", indexes=_administrator_indexes)

    address: str
    """The e-mail in lower case: what a sign-in link proves."""
    added_at: datetime
    signed_out_at: datetime = EPOCH
    """Sign-ins from before count no longer."""
    removed_at: datetime = NEVER
    """When it was removed. Of an address that only the settings name: when it was first seen."""
