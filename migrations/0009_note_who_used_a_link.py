"""Let a sign-in link say which browser used it."""

from typing import Any

from pymongo.database import Database

name = "0009_note_who_used_a_link"
dependencies = ["0008_find_openings"]

FIELD = "used_by"


def upgrade(db: Database[dict[str, Any]]) -> None:
    """Of links used so far nobody knows; the browser that did so has what it came for."""
    db["sign_in_links"].update_many({FIELD: {"$exists": False}}, {"$set": {FIELD: ""}})
    schema = _schema(db)
    schema["properties"] = {**schema["properties"], FIELD: {"bsonType": "string"}}
    schema["required"] = sorted(schema["properties"])
    db.command("collMod", "sign_in_links", validator={"$jsonSchema": schema})


def downgrade(db: Database[dict[str, Any]]) -> None:
    """Ask for it no longer."""
    schema = _schema(db)
    schema["required"] = [field for field in schema["required"] if field != FIELD]
    db.command("collMod", "sign_in_links", validator={"$jsonSchema": schema})


def _schema(db: Database[dict[str, Any]]) -> dict[str, Any]:
    (information,) = db.list_collections(filter={"name": "sign_in_links"})
    schema: dict[str, Any] = information["options"]["validator"]["$jsonSchema"]
    return schema
