"""Let a booking say when the person was erased from it, and find those that still name one."""

from typing import Any

from pymongo import ASCENDING
from pymongo.database import Database

name = "0006_add_erasure"
dependencies = ["0005_order_experts"]

FIELDS: dict[str, dict[str, Any]] = {"bookings": {"erased_at": {"bsonType": ["date", "null"]}}}


def upgrade(db: Database[dict[str, Any]]) -> None:
    """Nobody was erased so far."""
    db["bookings"].update_many({"erased_at": {"$exists": False}}, {"$set": {"erased_at": None}})
    db["bookings"].create_index(
        [("erased_at", ASCENDING), ("ends_at", ASCENDING)], name="erased_ends"
    )
    _ask_for(db, "bookings", FIELDS["bookings"])


def downgrade(db: Database[dict[str, Any]]) -> None:
    """Ask for it no longer; whoever was erased stays so."""
    db["bookings"].drop_index("erased_ends")
    schema = _schema(db, "bookings")
    schema["required"] = [field for field in schema["required"] if field != "erased_at"]
    db.command("collMod", "bookings", validator={"$jsonSchema": schema})


def _schema(db: Database[dict[str, Any]], collection: str) -> dict[str, Any]:
    (information,) = db.list_collections(filter={"name": collection})
    schema: dict[str, Any] = information["options"]["validator"]["$jsonSchema"]
    return schema


def _ask_for(db: Database[dict[str, Any]], collection: str, fields: dict[str, Any]) -> None:
    schema = _schema(db, collection)
    schema["properties"] = {**schema["properties"], **fields}
    schema["required"] = sorted(schema["properties"])
    db.command("collMod", collection, validator={"$jsonSchema": schema})
