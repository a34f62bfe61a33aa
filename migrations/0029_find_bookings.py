"""Let administrators find bookings by words, and move them with a message."""

from typing import Any

from pymongo import ASCENDING, IndexModel, UpdateOne
from pymongo.database import Database

from domain.rules.finding import kept_of

name = "0029_find_bookings"
dependencies = ["0028_confirm_bookings_by_mail"]

Schema = dict[str, Any]

TEXT: Schema = {"bsonType": "string"}
FIELDS: dict[str, Schema] = {
    "found_by": {"bsonType": "array", "items": TEXT},
    "move_message": TEXT,
}
"""Nobody is asked for them: an older process books without."""
PARTIES = ["attendee", "expert", None]
ADMINISTRATOR = "administrator"

ORDER = ("starts_at", "_id")
INDEXES: dict[str, tuple[list[str], dict[str, Any]]] = {
    "expert_starts": (["expert_id"], {}),
    "found_by_starts": (["found_by"], {}),
    "cancelled_starts": (
        ["status"],
        {"partialFilterExpression": {"status": "cancelled"}},
    ),
    "attendance_starts": (
        ["attendance"],
        {"partialFilterExpression": {"attendance": {"$gt": ""}}},
    ),
}
BATCH = 1_000


def upgrade(db: Database[dict[str, Any]]) -> None:
    """Have every booking found by its words; of those who were erased none are left."""
    schema = _schema(db)
    schema["properties"] |= FIELDS
    schema["properties"]["cancelled_by"] = {"enum": [*PARTIES, ADMINISTRATOR]}
    _steps(schema)["by"] = {"enum": [*PARTIES, ADMINISTRATOR]}
    _ask_for(db, schema)
    _fill(db)
    db["bookings"].create_indexes(
        [
            IndexModel([(field, ASCENDING) for field in (*first, *ORDER)], name=index, **options)
            for index, (first, options) in INDEXES.items()
        ]
    )


def downgrade(db: Database[dict[str, Any]]) -> None:
    """Find them no longer; what they are found by goes, since nothing would erase it."""
    for index in INDEXES.keys() & db["bookings"].index_information().keys():
        db["bookings"].drop_index(index)
    schema = _schema(db)
    for field in FIELDS:
        schema["properties"].pop(field, None)
    _steps(schema).pop("by", None)
    schema["properties"]["cancelled_by"] = {"enum": PARTIES}
    _ask_for(db, schema)
    db["bookings"].update_many({}, {"$unset": dict.fromkeys(FIELDS, "")})


def _fill(db: Database[dict[str, Any]]) -> None:
    """Go through all bookings by their keys: a million of them are read once each."""
    lacking: dict[str, Any] = {"found_by": {"$exists": False}}
    fields = ["attendee.name", "attendee.email", "reference", "erased_at"]
    place: dict[str, Any] = {}
    while found := list(db["bookings"].find(lacking | place, fields).sort("_id").limit(BATCH)):
        db["bookings"].bulk_write(
            [
                UpdateOne({"_id": one["_id"], **lacking}, {"$set": {"found_by": _words_of(one)}})
                for one in found
            ],
            ordered=False,
        )
        place = {"_id": {"$gt": found[-1]["_id"]}}


def _words_of(booking: dict[str, Any]) -> list[str]:
    if booking["erased_at"] is not None:
        return []
    attendee = booking["attendee"]
    return kept_of(attendee["name"], attendee["email"], booking["reference"])


def _steps(schema: Schema) -> dict[str, Schema]:
    properties: dict[str, Schema] = schema["properties"]["history"]["items"]["properties"]
    return properties


def _ask_for(db: Database[dict[str, Any]], schema: Schema) -> None:
    """Setting a validator again replaces it by the same."""
    db.command("collMod", "bookings", validator={"$jsonSchema": schema})


def _schema(db: Database[dict[str, Any]]) -> Schema:
    (information,) = db.list_collections(filter={"name": "bookings"})
    schema: Schema = information["options"]["validator"]["$jsonSchema"]
    return schema
