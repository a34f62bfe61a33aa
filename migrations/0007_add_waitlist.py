"""Keep a waitlist, and let slots be offered and mail tell of places in line."""

from typing import Any

from pymongo import ASCENDING, IndexModel
from pymongo.database import Database

name = "0007_add_waitlist"
dependencies = ["0006_add_erasure"]

Schema = dict[str, Any]

NAME: Schema = {"bsonType": "string", "minLength": 1}
KEY: Schema = {"bsonType": "objectId"}
INSTANT: Schema = {"bsonType": "date"}
NO_KEY: Schema = {"bsonType": ["objectId", "null"]}

WAITLIST: dict[str, Schema] = {
    "key": NAME,
    "expert_id": KEY,
    "starts_at": INSTANT,
    "ends_at": INSTANT,
    "address": NAME,
    "visitor_id": NAME,
    "source": {"bsonType": "string"},
    "zone": NAME,
    "language": NAME,
    "joined_at": INSTANT,
    "state": {"enum": ["waiting", "offered"]},
    "slot_id": NO_KEY,
    "offered_until": {"bsonType": ["date", "null"]},
}
ONE_PLACE = ("expert_id", "address", "starts_at", "ends_at", "visitor_id")
IN_ORDER = ("expert_id", "state", "joined_at", "_id")
A_DAY_S = 86_400

SLOT_STATES = ["open", "held", "offered", "booked", "withdrawn"]
KINDS = [
    *("sign_in", "confirmation", "cancellation", "reschedule"),
    *("reminder_day", "reminder_hour", "place_in_line", "offer"),
]
CHANGED: dict[str, dict[str, Schema]] = {
    "slots": {"state": {"enum": SLOT_STATES}},
    "outbox": {"kind": {"enum": KINDS}, "wait_id": NO_KEY},
}


def upgrade(db: Database[dict[str, Any]]) -> None:
    """Nobody is in line so far."""
    if "waitlist" not in db.list_collection_names():
        db.create_collection("waitlist")
    db["waitlist"].create_indexes(_indexes())
    _ask_for(db, "waitlist", WAITLIST)
    db["outbox"].update_many({"wait_id": {"$exists": False}}, {"$set": {"wait_id": None}})
    for collection, fields in CHANGED.items():
        _ask_for(db, collection, fields)


def downgrade(db: Database[dict[str, Any]]) -> None:
    """Ask slots and mail for nothing any more; the waitlist goes, and with it who is in line."""
    for collection in CHANGED:
        db.command("collMod", collection, validator={})
    db["waitlist"].drop()


def _indexes() -> list[IndexModel]:
    return [
        IndexModel([("key", ASCENDING)], unique=True, name="key"),
        IndexModel([(field, ASCENDING) for field in ONE_PLACE], unique=True, name="one_place"),
        IndexModel([(field, ASCENDING) for field in IN_ORDER], name="in_order"),
        IndexModel([("state", ASCENDING), ("offered_until", ASCENDING)], name="state_until"),
        IndexModel([("state", ASCENDING), ("slot_id", ASCENDING)], name="state_slot"),
        IndexModel([("visitor_id", ASCENDING), ("expert_id", ASCENDING)], name="visitor_expert"),
        IndexModel([("address", ASCENDING), ("joined_at", ASCENDING)], name="address_joined"),
        IndexModel([("source", ASCENDING), ("joined_at", ASCENDING)], name="source_joined"),
        IndexModel([("ends_at", ASCENDING)], name="gone_when_over", expireAfterSeconds=A_DAY_S),
    ]


def _ask_for(db: Database[dict[str, Any]], collection: str, fields: dict[str, Schema]) -> None:
    """Ask for these fields too; setting a validator again replaces it by the same."""
    properties = {**_properties(db, collection), **fields}
    schema = {"bsonType": "object", "required": sorted(properties), "properties": properties}
    db.command("collMod", collection, validator={"$jsonSchema": schema})


def _properties(db: Database[dict[str, Any]], collection: str) -> dict[str, Schema]:
    (information,) = db.list_collections(filter={"name": collection})
    validator: dict[str, Any] = information["options"].get("validator") or {}
    properties: dict[str, Schema] = validator.get("$jsonSchema", {}).get("properties", {})
    return properties
