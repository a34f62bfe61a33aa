"""Keep who may administer, and a log of what they and experts do."""

from typing import Any

from pymongo import ASCENDING, IndexModel
from pymongo.database import Database

name = "0023_add_administrators"
dependencies = ["0022_tell_free_from_no_price"]

Schema = dict[str, Any]

TEXT: Schema = {"bsonType": "string"}
SOME_TEXT: Schema = {"bsonType": "string", "minLength": 1}
INSTANT: Schema = {"bsonType": "date"}
NUMBER: Schema = {"bsonType": ["int", "long"], "minimum": 1}
HASH: Schema = {"bsonType": "string", "pattern": "^[0-9a-f]{64}$"}


def _object(properties: dict[str, Schema]) -> Schema:
    return {"bsonType": "object", "required": sorted(properties), "properties": properties}


NEW: dict[str, Schema] = {
    "administrators": _object(
        {
            "address": SOME_TEXT,
            "added_at": INSTANT,
            "signed_out_at": INSTANT,
            "removed_at": INSTANT,
        }
    ),
    "log": _object(
        {
            "seq": NUMBER,
            "at": INSTANT,
            "actor_kind": SOME_TEXT,
            "actor_key": TEXT,
            "action": SOME_TEXT,
            "subject_kind": SOME_TEXT,
            "subject_key": TEXT,
            "changes": {
                "bsonType": "array",
                "items": {
                    "bsonType": "object",
                    "required": ["after", "before", "field"],
                    "properties": {"field": SOME_TEXT},
                },
            },
            "previous": HASH,
            "hash": HASH,
        }
    ),
    "log_start": _object({"key": SOME_TEXT, "seq": NUMBER, "hash": HASH}),
}


def upgrade(db: Database[dict[str, Any]]) -> None:
    """Nobody is one so far, but for those whom the settings name."""
    there = db.list_collection_names()
    for collection, schema in NEW.items():
        if collection not in there:
            db.create_collection(collection)
        db[collection].create_indexes(_indexes()[collection])
        db.command("collMod", collection, validator={"$jsonSchema": schema})


def downgrade(db: Database[dict[str, Any]]) -> None:
    """Forget who was one, and what was done."""
    for collection in NEW:
        db.drop_collection(collection)


def _indexes() -> dict[str, list[IndexModel]]:
    return {
        "administrators": [_index("address", "address", unique=True)],
        "log": [
            _index("seq", "seq", unique=True),
            _index("at_seq", "at", "seq"),
            _index("actor_at", "actor_key", "at", "seq"),
            _index("subject_at", "subject_key", "at", "seq"),
            _index("action_at", "action", "at", "seq"),
        ],
        "log_start": [_index("key", "key", unique=True)],
    }


def _index(name: str, *fields: str, **options: bool) -> IndexModel:
    return IndexModel([(field, ASCENDING) for field in fields], name=name, **options)
