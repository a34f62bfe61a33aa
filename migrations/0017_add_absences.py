"""Keep absences and what they offer, and let bookings and mail tell of them."""

from typing import Any

from pymongo import ASCENDING, IndexModel
from pymongo.database import Database

name = "0017_add_absences"
dependencies = ["0016_add_profiles"]

Schema = dict[str, Any]

KEY: Schema = {"bsonType": "objectId"}
TEXT: Schema = {"bsonType": "string"}
INSTANT: Schema = {"bsonType": "date"}
NO_INSTANT: Schema = {"bsonType": ["date", "null"]}
NUMBER: Schema = {"bsonType": ["int", "long"]}
DATE: Schema = {"bsonType": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}


def _object(properties: dict[str, Schema]) -> Schema:
    return {"bsonType": "object", "required": sorted(properties), "properties": properties}


ABSENCES: dict[str, Schema] = {
    "expert_id": KEY,
    "first_on": DATE,
    "last_on": DATE,
    "message": TEXT,
    "offer_hours": {**NUMBER, "minimum": 1, "maximum": 72},
    "state": {"enum": ["declaring", "standing", "revoking", "revoked"]},
    "is_live": {"bsonType": "bool"},
    "rev": {**NUMBER, "minimum": 1},
    "created_at": INSTANT,
    "revoked_at": NO_INSTANT,
    "kept_until": INSTANT,
}
REPLACEMENTS: dict[str, Schema] = {
    "absence_id": KEY,
    "booking_id": KEY,
    "expert_id": KEY,
    "starts_at": INSTANT,
    "state": {"enum": ["asked", "moved", "cancelled", "unanswered", "revoked"]},
    "offers": {
        "bsonType": "array",
        "maxItems": 3,
        "items": _object({"slot_id": KEY, "until": INSTANT}),
    },
    "asked_at": INSTANT,
    "answered_at": NO_INSTANT,
    "kept_until": INSTANT,
}
NEW = {"absences": ABSENCES, "replacements": REPLACEMENTS}

STEPS = ["booked", "rescheduled", "cancelled"]
NEW_STEPS = ["displaced", "restored"]
KINDS = [
    *("sign_in", "confirmation", "cancellation", "reschedule"),
    *("reminder_day", "reminder_hour", "place_in_line", "offer"),
    *("proof", "address_change"),
]
NEW_KINDS = ["absence", "restoration"]


def upgrade(db: Database[dict[str, Any]]) -> None:
    """Nobody is absent so far."""
    for collection, indexes in _indexes().items():
        if collection not in db.list_collection_names():
            db.create_collection(collection)
        db[collection].create_indexes(indexes)
        validator = {"$jsonSchema": _object(NEW[collection])}
        db.command("collMod", collection, validator=validator)
    _allow(db, [*STEPS, *NEW_STEPS], [*KINDS, *NEW_KINDS])


def downgrade(db: Database[dict[str, Any]]) -> None:
    """Forget who was absent, and allow what was new no longer; what has it stays."""
    for collection in NEW:
        db.drop_collection(collection)
    _allow(db, STEPS, KINDS)


def _indexes() -> dict[str, list[IndexModel]]:
    return {
        "absences": [
            _index(
                "one_of_the_same_days",
                *("expert_id", "first_on", "last_on"),
                unique=True,
                partialFilterExpression={"is_live": True},
            ),
            _index("expert_created", "expert_id", "created_at"),
            _index("state", "state"),
            _index("kept_until", "kept_until"),
        ],
        "replacements": [
            _index(
                "asked_once",
                "booking_id",
                unique=True,
                partialFilterExpression={"state": "asked"},
            ),
            _index("booking_asked", "booking_id", "asked_at"),
            _index("absence_starts", "absence_id", "starts_at"),
            _index("state_starts", "state", "starts_at"),
            _index("offers_until", "offers.until"),
            _index("offers_slot", "offers.slot_id"),
            _index("kept_until", "kept_until"),
        ],
    }


def _index(name: str, *fields: str, **options: bool | dict[str, Any]) -> IndexModel:
    return IndexModel([(field, ASCENDING) for field in fields], name=name, **options)


def _allow(db: Database[dict[str, Any]], steps: list[str], kinds: list[str]) -> None:
    bookings, outbox = _schema(db, "bookings"), _schema(db, "outbox")
    history = bookings["properties"]["history"]["items"]["properties"]
    history["step"] = {"enum": steps}
    outbox["properties"]["kind"] = {"enum": kinds}
    for collection, schema in (("bookings", bookings), ("outbox", outbox)):
        db.command("collMod", collection, validator={"$jsonSchema": schema})


def _schema(db: Database[dict[str, Any]], collection: str) -> Schema:
    (information,) = db.list_collections(filter={"name": collection})
    schema: Schema = information["options"]["validator"]["$jsonSchema"]
    return schema
