"""Have the outbox hold notices of bookings, from before they are due until after they are over."""

from datetime import timedelta
from typing import Any

from pymongo import ASCENDING, UpdateOne
from pymongo.collection import Collection
from pymongo.database import Database
from pymongo.errors import OperationFailure

name = "0004_add_notices"
dependencies = ["0003_add_terms_and_history"]

Schema = dict[str, Any]

TEXT: Schema = {"bsonType": "string"}
NAME: Schema = {"bsonType": "string", "minLength": 1}
INSTANT: Schema = {"bsonType": "date"}
COUNT: Schema = {"bsonType": ["int", "long"], "minimum": 0}

KINDS = [
    *("sign_in", "confirmation", "cancellation", "reschedule"),
    *("reminder_day", "reminder_hour"),
]
STATES = ["waiting", "sending", "sent", "failed", "unsure", "kept", "overtaken"]

FIELDS: dict[str, dict[str, Schema]] = {
    "outbox": {
        "key": NAME,
        "kind": {"enum": KINDS},
        "audience": {"enum": ["attendee", "expert"]},
        "booking_id": {"bsonType": ["objectId", "null"]},
        "booking_rev": COUNT,
        "again": COUNT,
        "to": TEXT,
        "subject": TEXT,
        "text": TEXT,
        "html": TEXT,
        "calendar": TEXT,
        "state": {"enum": STATES},
        "attempts": COUNT,
        "created_at": INSTANT,
        "due_at": INSTANT,
        "settled_at": {"bsonType": ["date", "null"]},
        "kept_until": INSTANT,
    }
}

KEPT_AFTER = timedelta(days=30)
OLD_INDEX = "gone_after_a_month"
INDEX_NOT_FOUND = 27
BATCH = 1_000


def upgrade(db: Database[dict[str, Any]]) -> None:
    """Make notices-to-be of the mail that is there: all of it has sign-in links."""
    db.command("collMod", "outbox", validator={})
    _fill(db["outbox"])
    _validate(db, FIELDS["outbox"])
    db["outbox"].create_index(
        [("booking_id", ASCENDING), ("created_at", ASCENDING)], name="booking_created"
    )
    db["outbox"].create_index(
        [("kept_until", ASCENDING)], name="gone_when_over", expireAfterSeconds=0
    )
    _drop_index(db, OLD_INDEX)


def downgrade(db: Database[dict[str, Any]]) -> None:
    """Let mail go a month after it was written, and every field in; what was filled in stays."""
    db.command("collMod", "outbox", validator={})
    db["outbox"].create_index(
        [("created_at", ASCENDING)], name=OLD_INDEX, expireAfterSeconds=2_592_000
    )
    _drop_index(db, "booking_created")
    _drop_index(db, "gone_when_over")


def _fill(outbox: Collection[dict[str, Any]]) -> None:
    while mails := list(outbox.find({"kept_until": {"$exists": False}}).limit(BATCH)):
        outbox.bulk_write([UpdateOne({"_id": mail["_id"]}, _filled(mail)) for mail in mails])


def _filled(mail: dict[str, Any]) -> dict[str, Any]:
    added = {
        "kind": "sign_in",
        "audience": "attendee",
        "booking_id": None,
        "booking_rev": 0,
        "again": 0,
        "calendar": "",
        "settled_at": mail.get("sent_at"),
        "kept_until": mail["created_at"] + KEPT_AFTER,
    }
    return {"$set": added, "$unset": {"sent_at": ""}}


def _validate(db: Database[dict[str, Any]], fields: dict[str, Schema]) -> None:
    schema = {"bsonType": "object", "required": sorted(fields), "properties": fields}
    db.command("collMod", "outbox", validator={"$jsonSchema": schema})


def _drop_index(db: Database[dict[str, Any]], index: str) -> None:
    try:
        db["outbox"].drop_index(index)
    except OperationFailure as error:
        if error.code != INDEX_NOT_FOUND:
            raise
