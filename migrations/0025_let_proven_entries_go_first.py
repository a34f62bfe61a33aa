"""Note which waitlist entries have a proven address, and how often slots went to others."""

from typing import Any

from pymongo import ASCENDING, DESCENDING
from pymongo.database import Database

name = "0025_let_proven_entries_go_first"
dependencies = ["0024_invite_and_remove_experts"]

Schema = dict[str, Any]

FIELDS: dict[str, dict[str, Schema]] = {
    "waitlist": {"proven": {"bsonType": "bool"}},
    "slots": {"unproven_offers": {"bsonType": ["int", "long"], "minimum": 0}},
}
"""Older processes write neither: entries count as unproven then, and slots as never offered."""
WAITING = [("expert_id", ASCENDING), ("state", ASCENDING)]
JOINED = [("joined_at", ASCENDING), ("_id", ASCENDING)]
OLD, NEW = "in_order", "by_turn"


def upgrade(db: Database[dict[str, Any]]) -> None:
    """Whoever is in line keeps their turn: nobody had asked them to prove an address."""
    for collection, fields in FIELDS.items():
        _know(db, collection, fields)
    db["waitlist"].update_many({"proven": {"$exists": False}}, {"$set": {"proven": True}})
    db["waitlist"].create_index([*WAITING, ("proven", DESCENDING), *JOINED], name=NEW)
    _drop_index(db, OLD)


def downgrade(db: Database[dict[str, Any]]) -> None:
    """Take them by when they joined again."""
    db["waitlist"].create_index([*WAITING, *JOINED], name=OLD)
    _drop_index(db, NEW)
    for collection, fields in FIELDS.items():
        schema = _schema(db, collection)
        for field in fields:
            del schema["properties"][field]
            db[collection].update_many({}, {"$unset": {field: ""}})
        db.command("collMod", collection, validator={"$jsonSchema": schema})


def _know(db: Database[dict[str, Any]], collection: str, fields: dict[str, Schema]) -> None:
    """Allow fields without asking for them; setting a validator again replaces it by the same."""
    schema = _schema(db, collection)
    schema["properties"] |= fields
    schema["required"] = sorted({*schema["required"]} - fields.keys())
    db.command("collMod", collection, validator={"$jsonSchema": schema})


def _drop_index(db: Database[dict[str, Any]], index: str) -> None:
    if index in db["waitlist"].index_information():
        db["waitlist"].drop_index(index)


def _schema(db: Database[dict[str, Any]], collection: str) -> Schema:
    (information,) = db.list_collections(filter={"name": collection})
    schema: Schema = information["options"]["validator"]["$jsonSchema"]
    return schema
