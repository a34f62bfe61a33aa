"""Give experts their terms, slots the span in which they can be held, and bookings a history."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from pymongo import ASCENDING, UpdateOne
from pymongo.collection import Collection
from pymongo.database import Database

name = "0003_add_terms_and_history"
dependencies = ["0002_add_validators"]

Schema = dict[str, Any]

TEXT: Schema = {"bsonType": "string"}
INSTANT: Schema = {"bsonType": "date"}
COUNT: Schema = {"bsonType": ["int", "long"], "minimum": 0}


def _object(properties: dict[str, Schema]) -> Schema:
    return {"bsonType": "object", "required": sorted(properties), "properties": properties}


FIELDS: dict[str, dict[str, Schema]] = {
    "experts": {
        "next_free_until": INSTANT,
        "terms": _object(
            {
                "notice_minutes": COUNT,
                "horizon_days": COUNT,
                "cancel_before_minutes": COUNT,
                "reschedule_before_minutes": COUNT,
                "max_reschedules": {"bsonType": ["int", "long", "null"], "minimum": 0},
            }
        ),
    },
    "slots": {"opens_at": INSTANT, "closes_at": INSTANT},
    "bookings": {
        "history": {
            "bsonType": "array",
            "minItems": 1,
            "items": _object(
                {
                    "step": {"enum": ["booked", "rescheduled", "cancelled"]},
                    "at": INSTANT,
                    "starts_at": INSTANT,
                    "ends_at": INSTANT,
                }
            ),
        }
    },
}

TERMS = {
    "notice_minutes": 0,
    "horizon_days": 365,
    "cancel_before_minutes": 0,
    "reschedule_before_minutes": 0,
    "max_reschedules": None,
}
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LEAD = timedelta(minutes=5)
BATCH = 1_000


def upgrade(db: Database[dict[str, Any]]) -> None:
    """Fill in what documents lack, then ask it of all."""
    _fill(db["experts"], "terms", lambda _: {"terms": TERMS, "next_free_until": EPOCH})
    _fill(
        db["slots"],
        "closes_at",
        lambda slot: {"opens_at": EPOCH, "closes_at": slot["starts_at"] - LEAD},
    )
    _fill(db["bookings"], "history", lambda booking: {"history": list(_history(booking))})
    db["experts"].create_index(
        [("listed", ASCENDING), ("next_free_until", ASCENDING)], name="listed_next_free_until"
    )
    for collection, fields in FIELDS.items():
        _ask_for(db, collection, fields)


def downgrade(db: Database[dict[str, Any]]) -> None:
    """Ask for it no longer; what was filled in stays."""
    db["experts"].drop_index("listed_next_free_until")
    for collection, fields in FIELDS.items():
        schema = _schema(db, collection)
        schema["required"] = [field for field in schema["required"] if field not in fields]
        db.command("collMod", collection, validator={"$jsonSchema": schema})


def _fill(collection: Collection[dict[str, Any]], lacking: str, filled: Any) -> None:  # noqa: ANN401 - a function of a document
    while documents := list(collection.find({lacking: {"$exists": False}}).limit(BATCH)):
        collection.bulk_write(
            [UpdateOne({"_id": found["_id"]}, {"$set": filled(found)}) for found in documents]
        )


def _history(booking: dict[str, Any]) -> Iterator[dict[str, Any]]:
    time = {"starts_at": booking["starts_at"], "ends_at": booking["ends_at"]}
    yield {"step": "booked", "at": booking["created_at"], **time}
    if booking["status"] == "cancelled":
        yield {"step": "cancelled", "at": booking["changed_at"], **time}


def _schema(db: Database[dict[str, Any]], collection: str) -> Schema:
    (information,) = db.list_collections(filter={"name": collection})
    schema: Schema = information["options"]["validator"]["$jsonSchema"]
    return schema


def _ask_for(db: Database[dict[str, Any]], collection: str, fields: dict[str, Schema]) -> None:
    schema = _schema(db, collection)
    schema["properties"] = {**schema["properties"], **fields}
    schema["required"] = sorted(schema["properties"])
    db.command("collMod", collection, validator={"$jsonSchema": schema})
