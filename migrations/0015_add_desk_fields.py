"""Open desks to experts by their address, and let bookings say what experts make of them."""

from datetime import UTC, datetime
from typing import Any

from pymongo import ASCENDING, IndexModel, UpdateOne
from pymongo.collection import Collection
from pymongo.database import Database

name = "0015_add_desk_fields"
dependencies = ["0014_add_hours"]

Schema = dict[str, Any]

TEXT: Schema = {"bsonType": "string"}

FIELDS: dict[str, dict[str, Schema]] = {
    "experts": {
        "address": {"bsonType": "string", "minLength": 1},
        "signed_out_at": {"bsonType": "date"},
        "calendar_key": {"bsonType": ["string", "null"]},
    },
    "bookings": {
        "cancelled_by": {"enum": ["attendee", "expert", None]},
        "cancel_message": TEXT,
        "attendance": {"enum": ["attended", "missed", None]},
        "note": TEXT,
    },
}
INDEXES = {
    "experts": {"address": ["address"], "calendar_key": ["calendar_key"]},
    "bookings": {"expert_ends": ["expert_id", "ends_at"]},
}
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
BATCH = 1_000


def upgrade(db: Database[dict[str, Any]]) -> None:
    """Of cancellations so far nobody knows whose they were."""
    _fill_addresses(db["experts"])
    unsaid = {"cancelled_by": None, "cancel_message": "", "attendance": None, "note": ""}
    db["bookings"].update_many({"note": {"$exists": False}}, {"$set": unsaid})
    for collection, indexes in INDEXES.items():
        db[collection].create_indexes(
            [
                IndexModel([(field, ASCENDING) for field in fields], name=index)
                for index, fields in indexes.items()
            ]
        )
        _ask_for(db, collection, FIELDS[collection])


def downgrade(db: Database[dict[str, Any]]) -> None:
    """Ask for it no longer; what was filled in stays."""
    for collection, fields in FIELDS.items():
        for index in INDEXES[collection]:
            db[collection].drop_index(index)
        schema = _schema(db, collection)
        schema["required"] = [field for field in schema["required"] if field not in fields]
        db.command("collMod", collection, validator={"$jsonSchema": schema})


def _fill_addresses(experts: Collection[dict[str, Any]]) -> None:
    while found := list(experts.find({"address": {"$exists": False}}, ["email"]).limit(BATCH)):
        experts.bulk_write(
            [UpdateOne({"_id": expert["_id"]}, {"$set": _of_desk(expert)}) for expert in found]
        )


def _of_desk(expert: dict[str, Any]) -> dict[str, Any]:
    address = expert["email"].strip().lower()
    return {"address": address, "signed_out_at": EPOCH, "calendar_key": None}


def _schema(db: Database[dict[str, Any]], collection: str) -> Schema:
    (information,) = db.list_collections(filter={"name": collection})
    schema: Schema = information["options"]["validator"]["$jsonSchema"]
    return schema


def _ask_for(db: Database[dict[str, Any]], collection: str, fields: dict[str, Schema]) -> None:
    schema = _schema(db, collection)
    schema["properties"] = {**schema["properties"], **fields}
    schema["required"] = sorted(schema["properties"])
    db.command("collMod", collection, validator={"$jsonSchema": schema})
