"""Have bookings keep what was agreed, and experts say how they meet."""

from typing import Any

from pymongo import UpdateOne
from pymongo.database import Database

name = "0013_keep_what_was_agreed"
dependencies = ["0012_keep_offers_until_they_end"]

Schema = dict[str, Any]

TEXT: Schema = {"bsonType": "string"}
NAME: Schema = {"bsonType": "string", "minLength": 1}
COUNT: Schema = {"bsonType": ["int", "long"], "minimum": 0}


def _object(properties: dict[str, Schema]) -> Schema:
    return {"bsonType": "object", "required": sorted(properties), "properties": properties}


MEETING = _object({"kind": {"enum": ["none", "video", "phone", "address"]}, "text": TEXT})
AGREED = _object(
    {
        "name": TEXT,
        "headline": TEXT,
        "zone": NAME,
        "price_minor": COUNT,
        "currency": {"bsonType": "string", "minLength": 3, "maxLength": 3},
        "terms": _object(
            {
                "notice_minutes": COUNT,
                "horizon_days": COUNT,
                "cancel_before_minutes": COUNT,
                "reschedule_before_minutes": COUNT,
                "max_reschedules": {"bsonType": ["int", "long", "null"], "minimum": 0},
            }
        ),
        "meeting": MEETING,
    }
)
FIELDS: dict[str, dict[str, Schema]] = {
    "experts": {"meeting": MEETING},
    "bookings": {"agreed": AGREED},
}

NO_MEETING = {"kind": "none", "text": ""}
NOBODY = {
    "name": "",
    "headline": "",
    "zone": "UTC",
    "price_minor": 0,
    "currency": "XXX",
    "terms": {
        "notice_minutes": 0,
        "horizon_days": 365,
        "cancel_before_minutes": 0,
        "reschedule_before_minutes": 0,
        "max_reschedules": None,
    },
    "meeting": NO_MEETING,
}
"""What was agreed with an expert who is gone; XXX stands for no currency (ISO 4217)."""
LACKING = {"agreed": {"$exists": False}}
BATCH = 1_000


def upgrade(db: Database[dict[str, Any]]) -> None:
    """What earlier bookings agreed to is what their experts' profiles say now."""
    db["experts"].update_many({"meeting": {"$exists": False}}, {"$set": {"meeting": NO_MEETING}})
    while bookings := list(db["bookings"].find(LACKING, {"expert_id": True}).limit(BATCH)):
        agreed = _agreed_with(db, {booking["expert_id"] for booking in bookings})
        db["bookings"].bulk_write(
            [
                UpdateOne(
                    {"_id": booking["_id"], **LACKING},
                    {"$set": {"agreed": agreed.get(booking["expert_id"], NOBODY)}},
                )
                for booking in bookings
            ]
        )
    for collection, fields in FIELDS.items():
        properties = {**_properties(db, collection), **fields}
        _ask_for(db, collection, properties, sorted(properties))


def downgrade(db: Database[dict[str, Any]]) -> None:
    """Ask for it no longer; what was filled in stays."""
    for collection, fields in FIELDS.items():
        properties = _properties(db, collection)
        _ask_for(db, collection, properties, sorted(properties.keys() - fields.keys()))


def _agreed_with(db: Database[dict[str, Any]], expert_ids: set[Any]) -> dict[Any, dict[str, Any]]:
    """Return what bookings agree to, by their expert's key."""
    found = db["experts"].find({"_id": {"$in": list(expert_ids)}}, list(NOBODY))
    return {expert["_id"]: {field: expert[field] for field in NOBODY} for expert in found}


def _ask_for(
    db: Database[dict[str, Any]], collection: str, properties: dict[str, Schema], of_all: list[str]
) -> None:
    """Setting a validator again replaces it by the same."""
    schema = {"bsonType": "object", "required": of_all, "properties": properties}
    db.command("collMod", collection, validator={"$jsonSchema": schema})


def _properties(db: Database[dict[str, Any]], collection: str) -> dict[str, Schema]:
    (information,) = db.list_collections(filter={"name": collection})
    validator: dict[str, Any] = information["options"].get("validator") or {}
    properties: dict[str, Schema] = validator.get("$jsonSchema", {}).get("properties", {})
    return properties
