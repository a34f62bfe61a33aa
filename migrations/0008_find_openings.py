"""Let everybody's open slots of a day be found by one index."""

from typing import Any

from pymongo import ASCENDING, IndexModel
from pymongo.database import Database
from pymongo.errors import OperationFailure

name = "0008_find_openings"
dependencies = ["0007_add_waitlist"]

INDEX = "open_state_starts"
INDEX_NOT_FOUND = 27


def upgrade(db: Database[dict[str, Any]]) -> None:
    """Make the index; one that is there stays."""
    keys = [("state", ASCENDING), ("starts_at", ASCENDING)]
    of_open = {"state": "open"}
    db.slots.create_indexes([IndexModel(keys, name=INDEX, partialFilterExpression=of_open)])


def downgrade(db: Database[dict[str, Any]]) -> None:
    """Drop the index."""
    try:
        db.slots.drop_index(INDEX)
    except OperationFailure as error:
        if error.code != INDEX_NOT_FOUND:
            raise
