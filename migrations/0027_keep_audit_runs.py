"""Keep what the last audit has found, and count by week, and what no longer fits hours."""

from typing import Any

from pymongo import ASCENDING, IndexModel
from pymongo.database import Database

name = "0027_keep_audit_runs"
dependencies = ["0026_add_erasures"]

Schema = dict[str, Any]

TEXT: Schema = {"bsonType": "string"}
RUNS: dict[str, Schema] = {
    "key": TEXT,
    "due_at": {"bsonType": "date"},
    "ran_at": {"bsonType": ["date", "null"]},
    "findings": {"bsonType": "array", "items": TEXT},
    "count": {"bsonType": ["int", "long"], "minimum": 0},
}
RETIRING = "retiring_starts"
STARTS = "starts"


def upgrade(db: Database[dict[str, Any]]) -> None:
    """It has not run so far."""
    if "audit_runs" not in db.list_collection_names():
        db.create_collection("audit_runs")
    db["audit_runs"].create_indexes([IndexModel([("key", ASCENDING)], unique=True, name="key")])
    schema = {"bsonType": "object", "required": sorted(RUNS), "properties": RUNS}
    db.command("collMod", "audit_runs", validator={"$jsonSchema": schema})
    db["slots"].create_index(
        [("retiring", ASCENDING), ("starts_at", ASCENDING)],
        name=RETIRING,
        partialFilterExpression={"retiring": True},
    )
    db["bookings"].create_index([("starts_at", ASCENDING), ("_id", ASCENDING)], name=STARTS)


def downgrade(db: Database[dict[str, Any]]) -> None:
    """Forget what it has found."""
    db.drop_collection("audit_runs")
    for collection, index in (("slots", RETIRING), ("bookings", STARTS)):
        if index in db[collection].index_information():
            db[collection].drop_index(index)
