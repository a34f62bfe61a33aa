"""Count who asks for places in line apart from the places: for two hours, left or not."""

from typing import Any

from pymongo import ASCENDING, IndexModel
from pymongo.database import Database

name = "0010_add_place_requests"
dependencies = ["0009_note_who_used_a_link"]

Schema = dict[str, Any]

REQUESTS: dict[str, Schema] = {
    "address": {"bsonType": "string", "minLength": 1},
    "source": {"bsonType": "string"},
    "asked_at": {"bsonType": "date"},
}
TWO_HOURS_S = 7_200
SOURCE = "source_joined"


def upgrade(db: Database[dict[str, Any]]) -> None:
    """A place no longer says from where it was asked for."""
    if "place_requests" not in db.list_collection_names():
        db.create_collection("place_requests")
    db["place_requests"].create_indexes(_indexes())
    _ask_for(db, "place_requests", REQUESTS)
    asked = {key: schema for key, schema in _properties(db, "waitlist").items() if key != "source"}
    _ask_for(db, "waitlist", asked)
    db["waitlist"].update_many({}, {"$unset": {"source": ""}})
    if SOURCE in db["waitlist"].index_information():
        db["waitlist"].drop_index(SOURCE)


def downgrade(db: Database[dict[str, Any]]) -> None:
    """Have places say it again, as far as they can: it is not known any more."""
    db["waitlist"].update_many({}, {"$set": {"source": ""}})
    _ask_for(db, "waitlist", {**_properties(db, "waitlist"), "source": REQUESTS["source"]})
    db["waitlist"].create_index([("source", ASCENDING), ("joined_at", ASCENDING)], name=SOURCE)
    db["place_requests"].drop()


def _indexes() -> list[IndexModel]:
    return [
        IndexModel([("address", ASCENDING), ("asked_at", ASCENDING)], name="address_asked"),
        IndexModel([("source", ASCENDING), ("asked_at", ASCENDING)], name="source_asked"),
        IndexModel(
            [("asked_at", ASCENDING)], name="gone_after_two_hours", expireAfterSeconds=TWO_HOURS_S
        ),
    ]


def _ask_for(db: Database[dict[str, Any]], collection: str, fields: dict[str, Schema]) -> None:
    """Ask for exactly these fields; setting a validator again replaces it by the same."""
    schema = {"bsonType": "object", "required": sorted(fields), "properties": fields}
    db.command("collMod", collection, validator={"$jsonSchema": schema})


def _properties(db: Database[dict[str, Any]], collection: str) -> dict[str, Schema]:
    (information,) = db.list_collections(filter={"name": collection})
    validator: dict[str, Any] = information["options"].get("validator") or {}
    properties: dict[str, Schema] = validator.get("$jsonSchema", {}).get("properties", {})
    return properties
