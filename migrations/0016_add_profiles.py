"""Let experts apply, be paused, change their addresses and have portraits of their own."""

from typing import Any

from pymongo import ASCENDING
from pymongo.database import Database

name = "0016_add_profiles"
dependencies = ["0015_add_desk_fields"]

Schema = dict[str, Any]

TEXT: Schema = {"bsonType": "string"}
NAME: Schema = {"bsonType": "string", "minLength": 1}
KEY: Schema = {"bsonType": "objectId"}
INSTANT: Schema = {"bsonType": "date"}
COUNT: Schema = {"bsonType": ["int", "long"], "minimum": 0}

KINDS = [
    *("sign_in", "confirmation", "cancellation", "reschedule", "reminder_day", "reminder_hour"),
    *("place_in_line", "offer", "proof", "address_change"),
]
FIELDS: dict[str, dict[str, Schema]] = {
    "experts": {
        "slugs": {"bsonType": "array", "items": NAME, "minItems": 1},
        "text_language": NAME,
        "portrait": TEXT,
        "status": {"enum": ["draft", "pending", "listed", "paused"]},
        "profile_rev": COUNT,
        "applied_at": {"bsonType": ["date", "null"]},
        "application": TEXT,
    },
    "sign_in_links": {
        "purpose": {"enum": ["sign_in", "application", "address"]},
        "expert_id": {"bsonType": ["objectId", "null"]},
    },
}
PORTRAIT: dict[str, Schema] = {
    "expert_id": KEY,
    "image": {"bsonType": "binData"},
    "digest": NAME,
    "changed_at": INSTANT,
}
NEW_PROFILE = {
    "slugs": ["$slug"],
    "text_language": "en",
    "portrait": "",
    "status": {"$cond": ["$listed", "listed", "paused"]},
    "profile_rev": 0,
    "applied_at": None,
    "application": "",
}


def upgrade(db: Database[dict[str, Any]]) -> None:
    """Experts so far wrote English, and were listed or paused."""
    db["experts"].update_many({"slugs": {"$exists": False}}, [{"$set": NEW_PROFILE}])
    unsaid = {"purpose": "sign_in", "expert_id": None}
    db["sign_in_links"].update_many({"purpose": {"$exists": False}}, {"$set": unsaid})
    db["experts"].create_index([("slugs", ASCENDING)], unique=True, name="slugs")
    by_status = [("status", ASCENDING), ("applied_at", ASCENDING)]
    db["experts"].create_index(by_status, name="status_applied")
    _ask_for(db, "experts", FIELDS["experts"])
    _ask_for(db, "sign_in_links", FIELDS["sign_in_links"])
    _ask_for(db, "outbox", {"kind": {"enum": KINDS}})
    if "portraits" not in db.list_collection_names():
        db.create_collection("portraits")
    _ask_for(db, "portraits", PORTRAIT)
    db["portraits"].create_index([("expert_id", ASCENDING)], unique=True, name="expert")


def downgrade(db: Database[dict[str, Any]]) -> None:
    """Ask for it no longer; what was filled in stays."""
    for index in ("slugs", "status_applied"):
        db["experts"].drop_index(index)
    for collection, fields in FIELDS.items():
        schema = _schema(db, collection)
        schema["required"] = [field for field in schema["required"] if field not in fields]
        db.command("collMod", collection, validator={"$jsonSchema": schema})


def _schema(db: Database[dict[str, Any]], collection: str) -> Schema:
    (information,) = db.list_collections(filter={"name": collection})
    validator: Schema = information["options"].get("validator") or {}
    schema: Schema = validator.get("$jsonSchema") or {"bsonType": "object", "properties": {}}
    return schema


def _ask_for(db: Database[dict[str, Any]], collection: str, fields: dict[str, Schema]) -> None:
    """Setting a validator again replaces it by the same."""
    schema = _schema(db, collection)
    schema["properties"] = {**schema["properties"], **fields}
    schema["required"] = sorted(schema["properties"])
    db.command("collMod", collection, validator={"$jsonSchema": schema})
