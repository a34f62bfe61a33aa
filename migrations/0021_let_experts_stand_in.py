"""Let experts stand in for others, offers name stand-ins, and bookings go from one to the other."""

from typing import Any

from pymongo import ASCENDING, IndexModel, UpdateOne
from pymongo.database import Database

name = "0021_let_experts_stand_in"
dependencies = ["0020_add_refusals"]

Schema = dict[str, Any]

NO_KEY: Schema = {"bsonType": ["objectId", "null"]}
TEXT: Schema = {"bsonType": "string"}
YES_OR_NO: Schema = {"bsonType": "bool"}
NO_PRICE: Schema = {"bsonType": ["int", "long", "null"], "minimum": 0}

INDEX = "stand_ins"
KINDS = ["handover", "takeover"]


OFFER = {"stand_in_id": NO_KEY, "price_minor": NO_PRICE}
NOBODY = dict.fromkeys(OFFER)
STEP = {"former_id": NO_KEY, "former_name": TEXT, "stand_in_name": TEXT}


def upgrade(db: Database[dict[str, Any]]) -> None:
    """Nobody stands in so far, and what was offered is the booking's own expert's."""
    db["experts"].update_many({"stands_in": {"$exists": False}}, {"$set": {"stands_in": False}})
    keys = [(field, ASCENDING) for field in ("category", "session_minutes", "price_minor")]
    options: dict[str, Any] = {"partialFilterExpression": {"stands_in": True}}
    db["experts"].create_indexes([IndexModel(keys, name=INDEX, **options)])
    _name_stand_ins(db)
    experts = _schema(db, "experts")
    experts["properties"]["stands_in"] = YES_OR_NO
    experts["required"] = sorted({*experts["required"], "stands_in"})
    replacements, bookings = _schema(db, "replacements"), _schema(db, "bookings")
    _items(replacements, "offers").update(OFFER)
    _items(bookings, "history").update(STEP)
    _ask_for(db, experts=experts, replacements=replacements, bookings=bookings)
    _allow(db, [*_other_kinds(db), *KINDS])


def downgrade(db: Database[dict[str, Any]]) -> None:
    """Ask for it no longer; what has it stays."""
    if INDEX in db["experts"].index_information():
        db["experts"].drop_index(INDEX)
    experts = _schema(db, "experts")
    experts["properties"].pop("stands_in", None)
    experts["required"] = sorted({*experts["required"]} - {"stands_in"})
    replacements, bookings = _schema(db, "replacements"), _schema(db, "bookings")
    for field in OFFER:
        _items(replacements, "offers").pop(field, None)
    for field in STEP:
        _items(bookings, "history").pop(field, None)
    _ask_for(db, experts=experts, replacements=replacements, bookings=bookings)
    _allow(db, _other_kinds(db))


def _name_stand_ins(db: Database[dict[str, Any]]) -> None:
    """Say of every offer that is out whose it is: guards compare offers as a whole."""
    lacking = {"offers": {"$elemMatch": {"stand_in_id": {"$exists": False}}}}
    writes = [
        UpdateOne(
            {"_id": found["_id"], "offers": found["offers"]},
            {"$set": {"offers": [NOBODY | offer for offer in found["offers"]]}},
        )
        for found in db["replacements"].find(lacking, ["offers"])
    ]
    if writes:
        db["replacements"].bulk_write(writes)


def _items(schema: Schema, field: str) -> dict[str, Schema]:
    properties: dict[str, Schema] = schema["properties"][field]["items"]["properties"]
    return properties


def _other_kinds(db: Database[dict[str, Any]]) -> list[str]:
    known: list[str] = _schema(db, "outbox")["properties"]["kind"]["enum"]
    return [kind for kind in known if kind not in KINDS]


def _allow(db: Database[dict[str, Any]], kinds: list[str]) -> None:
    outbox = _schema(db, "outbox")
    outbox["properties"]["kind"] = {"enum": kinds}
    _ask_for(db, outbox=outbox)


def _ask_for(db: Database[dict[str, Any]], **schemas: Schema) -> None:
    """Setting a validator again replaces it by the same."""
    for collection, schema in schemas.items():
        db.command("collMod", collection, validator={"$jsonSchema": schema})


def _schema(db: Database[dict[str, Any]], collection: str) -> Schema:
    (information,) = db.list_collections(filter={"name": collection})
    schema: Schema = information["options"]["validator"]["$jsonSchema"]
    return schema
