"""Tell experts who ask for nothing from those who have named no price yet."""

from typing import Any

from pymongo.database import Database

name = "0022_tell_free_from_no_price"
dependencies = ["0021_let_experts_stand_in"]

Schema = dict[str, Any]

YES_OR_NO: Schema = {"bsonType": "bool"}


def upgrade(db: Database[dict[str, Any]]) -> None:
    """So far, 0 has stood for no price."""
    has_price = {"$set": {"has_price": {"$gt": ["$price_minor", 0]}}}
    db["experts"].update_many({"has_price": {"$exists": False}}, [has_price])
    schema = _schema(db)
    schema["properties"]["has_price"] = YES_OR_NO
    _ask_for(db, schema, {*schema["required"], "has_price"})


def downgrade(db: Database[dict[str, Any]]) -> None:
    """Ask for it no longer; what has it stays."""
    schema = _schema(db)
    schema["properties"].pop("has_price", None)
    _ask_for(db, schema, {*schema["required"]} - {"has_price"})


def _ask_for(db: Database[dict[str, Any]], schema: Schema, required: set[str]) -> None:
    """Setting a validator again replaces it by the same."""
    schema["required"] = sorted(required)
    db.command("collMod", "experts", validator={"$jsonSchema": schema})


def _schema(db: Database[dict[str, Any]]) -> Schema:
    (information,) = db.list_collections(filter={"name": "experts"})
    schema: Schema = information["options"]["validator"]["$jsonSchema"]
    return schema
