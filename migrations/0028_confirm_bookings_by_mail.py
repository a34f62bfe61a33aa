"""Keep booking forms until a mailed link confirms their address, and note which were confirmed."""

from typing import Any

from pymongo import ASCENDING, IndexModel
from pymongo.database import Database

name = "0028_confirm_bookings_by_mail"
dependencies = ["0027_keep_audit_runs"]

Schema = dict[str, Any]

NAME: Schema = {"bsonType": "string", "minLength": 1}
TEXT: Schema = {"bsonType": "string"}
KEY: Schema = {"bsonType": "objectId"}
INSTANT: Schema = {"bsonType": "date"}
YES_OR_NO: Schema = {"bsonType": "bool"}
REQUESTS, KIND = "booking_requests", "booking_link"

FIELDS: dict[str, Schema] = {
    **dict.fromkeys(("key", "request_key", "visitor_id", "address"), NAME),
    **dict.fromkeys(("slot_id", "expert_id"), KEY),
    **dict.fromkeys(("quote", "used_by"), TEXT),
    **dict.fromkeys(("held_until", "created_at", "kept_until"), INSTANT),
    "attendee": {"bsonType": "object"},
    "overlap": YES_OR_NO,
}
ADDED: dict[str, dict[str, Schema]] = {
    "bookings": {"proven": YES_OR_NO},
    "outbox": {"request_id": {"bsonType": ["objectId", "null"]}},
}
"""Older processes write neither: their bookings count as unconfirmed."""


def upgrade(db: Database[dict[str, Any]]) -> None:
    """Which earlier bookings were confirmed is not known: none of them counts."""
    if REQUESTS not in db.list_collection_names():
        db.create_collection(REQUESTS)
    db[REQUESTS].create_indexes(
        [
            IndexModel([("key", ASCENDING)], unique=True, name="key"),
            IndexModel([("request_key", ASCENDING)], unique=True, name="request_key"),
            IndexModel([("address", ASCENDING)], name="address"),
            IndexModel([("kept_until", ASCENDING)], name="gone_when_over", expireAfterSeconds=0),
        ]
    )
    _ask_for(db, REQUESTS, {"required": sorted(FIELDS), "properties": FIELDS})
    for collection, fields in ADDED.items():
        schema = _schema(db, collection)
        schema["properties"] |= fields
        schema["required"] = sorted({*schema["required"]} - fields.keys())
        _ask_for(db, collection, schema)
    _allow_kinds(db, [*_other_kinds(db), KIND])


def downgrade(db: Database[dict[str, Any]]) -> None:
    """Forget what waits to be confirmed, with its mail."""
    db["outbox"].delete_many({"kind": KIND})
    _allow_kinds(db, _other_kinds(db))
    for collection, fields in ADDED.items():
        schema = _schema(db, collection)
        for field in fields:
            del schema["properties"][field]
            db[collection].update_many({}, {"$unset": {field: ""}})
        _ask_for(db, collection, schema)
    db[REQUESTS].drop()


def _other_kinds(db: Database[dict[str, Any]]) -> list[str]:
    return [kind for kind in _schema(db, "outbox")["properties"]["kind"]["enum"] if kind != KIND]


def _allow_kinds(db: Database[dict[str, Any]], kinds: list[str]) -> None:
    schema = _schema(db, "outbox")
    schema["properties"]["kind"] = {"enum": kinds}
    _ask_for(db, "outbox", schema)


def _ask_for(db: Database[dict[str, Any]], collection: str, schema: Schema) -> None:
    """Setting a validator again replaces it by the same."""
    db.command("collMod", collection, validator={"$jsonSchema": {"bsonType": "object", **schema}})


def _schema(db: Database[dict[str, Any]], collection: str) -> Schema:
    (information,) = db.list_collections(filter={"name": collection})
    schema: Schema = information["options"]["validator"]["$jsonSchema"]
    return schema
