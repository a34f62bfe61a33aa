"""Let experts be mailed the sessions of their day, and told that they are listed."""

from datetime import UTC, datetime
from typing import Any

from pymongo import ASCENDING
from pymongo.database import Database

name = "0019_add_morning_mails"
dependencies = ["0018_add_counts"]

Schema = dict[str, Any]

NEVER = datetime(9999, 1, 1, tzinfo=UTC)
KINDS = [
    *("sign_in", "confirmation", "cancellation", "reschedule", "absence", "restoration"),
    *("reminder_day", "reminder_hour", "place_in_line", "offer", "proof", "address_change"),
]
NEW_KINDS = ["agenda", "approval"]
MORNING_MAIL: Schema = {"bsonType": "date"}
EXPERT: Schema = {"bsonType": ["objectId", "null"]}


def upgrade(db: Database[dict[str, Any]]) -> None:
    """Nobody has asked for such mail so far."""
    unasked = {"morning_mail_at": {"$exists": False}}
    db["experts"].update_many(unasked, {"$set": {"morning_mail_at": NEVER}})
    db["experts"].create_index([("morning_mail_at", ASCENDING)], name="morning_mail")
    _ask_for(db, "experts", {**_properties(db, "experts"), "morning_mail_at": MORNING_MAIL})
    db["outbox"].update_many({"expert_id": {"$exists": False}}, {"$set": {"expert_id": None}})
    db["outbox"].create_index([("expert_id", ASCENDING), ("kind", ASCENDING)], name="expert_kind")
    kinds = {"enum": [*KINDS, *NEW_KINDS]}
    _ask_for(db, "outbox", {**_properties(db, "outbox"), "expert_id": EXPERT, "kind": kinds})


def downgrade(db: Database[dict[str, Any]]) -> None:
    """Forget who asked for it, and the mails that an older program can't write."""
    db["outbox"].delete_many({"kind": {"$in": NEW_KINDS}})
    outbox = {**_without(db, "outbox", "expert_id"), "kind": {"enum": KINDS}}
    _ask_for(db, "outbox", outbox)
    _ask_for(db, "experts", _without(db, "experts", "morning_mail_at"))
    db["outbox"].drop_index("expert_kind")
    db["experts"].drop_index("morning_mail")


def _without(db: Database[dict[str, Any]], collection: str, field: str) -> dict[str, Schema]:
    return {key: schema for key, schema in _properties(db, collection).items() if key != field}


def _properties(db: Database[dict[str, Any]], collection: str) -> dict[str, Schema]:
    (information,) = db.list_collections(filter={"name": collection})
    properties: dict[str, Schema] = information["options"]["validator"]["$jsonSchema"]["properties"]
    return properties


def _ask_for(db: Database[dict[str, Any]], collection: str, fields: dict[str, Schema]) -> None:
    """Ask for exactly these fields; setting a validator again replaces it by the same."""
    schema = {"bsonType": "object", "required": sorted(fields), "properties": fields}
    db.command("collMod", collection, validator={"$jsonSchema": schema})
