"""Remember which documents people were erased from, for backups of before."""

from typing import Any

from pymongo import ASCENDING, IndexModel
from pymongo.database import Database

name = "0026_add_erasures"
dependencies = ["0025_let_proven_entries_go_first"]

FIELDS: dict[str, Any] = {
    "of": {"enum": ["booking", "waitlist_entry", "mail", "expert"]},
    "at": {"bsonType": "date"},
}


def upgrade(db: Database[dict[str, Any]]) -> None:
    """No backup was made so far that could name them again."""
    if "erasures" not in db.list_collection_names():
        db.create_collection("erasures")
    db["erasures"].create_indexes([IndexModel([("at", ASCENDING)], name="at")])
    schema = {"bsonType": "object", "required": sorted(FIELDS), "properties": FIELDS}
    db.command("collMod", "erasures", validator={"$jsonSchema": schema})


def downgrade(db: Database[dict[str, Any]]) -> None:
    """Remember nothing."""
    db["erasures"].drop()
