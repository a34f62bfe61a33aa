"""Count what is asked for by digests alone, in place of the requests themselves."""

from typing import Any

from pymongo import ASCENDING, IndexModel
from pymongo.database import Database

name = "0018_add_counts"
dependencies = ["0017_add_absences"]

Schema = dict[str, Any]

COUNTS: dict[str, Schema] = {
    "key": {"bsonType": "string", "minLength": 1},
    "full_at": {"bsonType": "date"},
}
REQUESTS: dict[str, Schema] = {
    "address": {"bsonType": "string", "minLength": 1},
    "source": {"bsonType": "string"},
    "asked_at": {"bsonType": "date"},
}
SOURCE = "source_created"
TWO_HOURS_S = 7_200


def upgrade(db: Database[dict[str, Any]]) -> None:
    """Links no longer say where they were asked from, and requests for places are not kept."""
    if "counts" not in db.list_collection_names():
        db.create_collection("counts")
    db["counts"].create_indexes(
        [
            IndexModel([("key", ASCENDING)], unique=True, name="key"),
            IndexModel([("full_at", ASCENDING)], name="gone_when_full", expireAfterSeconds=0),
        ]
    )
    _ask_for(db, "counts", COUNTS)
    links = {key: schema for key, schema in _properties(db).items() if key != "source"}
    _ask_for(db, "sign_in_links", links)
    db["sign_in_links"].update_many({}, {"$unset": {"source": ""}})
    if SOURCE in db["sign_in_links"].index_information():
        db["sign_in_links"].drop_index(SOURCE)
    db["place_requests"].drop()


def downgrade(db: Database[dict[str, Any]]) -> None:
    """Keep requests again, from now on: what was asked for before is not known."""
    db["sign_in_links"].update_many({}, {"$set": {"source": ""}})
    _ask_for(db, "sign_in_links", {**_properties(db), "source": REQUESTS["source"]})
    db["sign_in_links"].create_index(
        [("source", ASCENDING), ("created_at", ASCENDING)], name=SOURCE
    )
    db.create_collection("place_requests")
    db["place_requests"].create_indexes(
        [
            IndexModel([("address", ASCENDING), ("asked_at", ASCENDING)], name="address_asked"),
            IndexModel([("source", ASCENDING), ("asked_at", ASCENDING)], name="source_asked"),
            IndexModel(
                [("asked_at", ASCENDING)],
                name="gone_after_two_hours",
                expireAfterSeconds=TWO_HOURS_S,
            ),
        ]
    )
    _ask_for(db, "place_requests", REQUESTS)
    db["counts"].drop()


def _ask_for(db: Database[dict[str, Any]], collection: str, fields: dict[str, Schema]) -> None:
    """Ask for exactly these fields; setting a validator again replaces it by the same."""
    schema = {"bsonType": "object", "required": sorted(fields), "properties": fields}
    db.command("collMod", collection, validator={"$jsonSchema": schema})


def _properties(db: Database[dict[str, Any]]) -> dict[str, Schema]:
    (information,) = db.list_collections(filter={"name": "sign_in_links"})
    properties: dict[str, Schema] = information["options"]["validator"]["$jsonSchema"]["properties"]
    return properties
