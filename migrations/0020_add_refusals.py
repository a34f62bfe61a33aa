"""Count how often a mail was refused, and find what is due of each kind."""

from typing import Any

from pymongo import ASCENDING, IndexModel
from pymongo.database import Database

name = "0020_add_refusals"
dependencies = ["0019_add_morning_mails"]

Schema = dict[str, Any]

REFUSALS: Schema = {"bsonType": ["int", "long"], "minimum": 0}
OF_A_KIND = "state_kind_due"


def upgrade(db: Database[dict[str, Any]]) -> None:
    """What was tried so far counts as refused: nobody knows any more whose fault it was."""
    schema = _schema(db)
    db["outbox"].create_indexes([_index(OF_A_KIND, "state", "kind", "due_at")])
    db["outbox"].update_many({}, [{"$set": {"refusals": "$attempts"}}])
    schema["properties"]["refusals"] = REFUSALS
    _ask_for(db, schema)


def downgrade(db: Database[dict[str, Any]]) -> None:
    """Count attempts alone."""
    schema = _schema(db)
    schema["properties"].pop("refusals", None)
    _ask_for(db, schema)
    db["outbox"].update_many({}, {"$unset": {"refusals": ""}})
    if OF_A_KIND in db["outbox"].index_information():
        db["outbox"].drop_index(OF_A_KIND)


def _index(index: str, *fields: str) -> IndexModel:
    return IndexModel([(field, ASCENDING) for field in fields], name=index)


def _ask_for(db: Database[dict[str, Any]], schema: Schema) -> None:
    schema["required"] = sorted(schema["properties"])
    db.command("collMod", "outbox", validator={"$jsonSchema": schema})


def _schema(db: Database[dict[str, Any]]) -> Schema:
    (information,) = db.list_collections(filter={"name": "outbox"})
    schema: Schema = information["options"]["validator"]["$jsonSchema"]
    return schema
