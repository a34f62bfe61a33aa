"""Have the database itself refuse documents that cannot be right."""

from typing import Any

from pymongo.database import Database

name = "0002_add_validators"
dependencies = ["0001_create_indexes"]

Schema = dict[str, Any]

TEXT: Schema = {"bsonType": "string"}
NAME: Schema = {"bsonType": "string", "minLength": 1}
TEXTS: Schema = {"bsonType": "array", "items": TEXT}
KEY: Schema = {"bsonType": "objectId"}
INSTANT: Schema = {"bsonType": "date"}
COUNT: Schema = {"bsonType": ["int", "long"], "minimum": 0}
REVISION: Schema = {"bsonType": ["int", "long"], "minimum": 1}

FIELDS: dict[str, dict[str, Schema]] = {
    "experts": {
        "slug": NAME,
        "name": NAME,
        "sort_name": NAME,
        "headline": TEXT,
        "category": NAME,
        "bio": TEXT,
        "skills": TEXTS,
        "languages": TEXTS,
        "experience_years": COUNT,
        "rating": {"bsonType": ["double", "int", "long"], "minimum": 0, "maximum": 5},
        "session_minutes": REVISION,
        "price_minor": COUNT,
        "currency": {"bsonType": "string", "minLength": 3, "maxLength": 3},
        "price_rank": COUNT,
        "zone": NAME,
        "email": NAME,
        "search_terms": TEXTS,
        "next_free_at": INSTANT,
        "listed": {"bsonType": "bool"},
    },
    "slots": {
        "expert_id": KEY,
        "starts_at": INSTANT,
        "ends_at": INSTANT,
        "state": {"enum": ["open", "held", "booked", "withdrawn"]},
        "held_by": {"bsonType": ["string", "null"]},
        "held_since": INSTANT,
        "held_until": INSTANT,
        "booking_id": {"bsonType": ["objectId", "null"]},
        "rev": REVISION,
        "changed_at": INSTANT,
    },
    "bookings": {
        "reference": NAME,
        "visitor_id": NAME,
        "slot_id": KEY,
        "expert_id": KEY,
        "starts_at": INSTANT,
        "ends_at": INSTANT,
        "attendee": {
            "bsonType": "object",
            "required": ["name", "email", "phone", "notes", "zone", "language"],
            "properties": {
                "name": NAME,
                "email": NAME,
                "phone": TEXT,
                "notes": TEXT,
                "zone": NAME,
                "language": NAME,
            },
        },
        "address": NAME,
        "status": {"enum": ["confirmed", "cancelled"]},
        "request_key": NAME,
        "rev": REVISION,
        "created_at": INSTANT,
        "changed_at": INSTANT,
    },
    "sign_in_links": {
        "key": NAME,
        "address": NAME,
        "source": TEXT,
        "created_at": INSTANT,
        "expires_at": INSTANT,
        "used_at": {"bsonType": ["date", "null"]},
    },
    "outbox": {
        "key": NAME,
        "to": NAME,
        "subject": TEXT,
        "text": TEXT,
        "html": TEXT,
        "state": {"enum": ["waiting", "kept", "sent", "failed"]},
        "attempts": COUNT,
        "created_at": INSTANT,
        "due_at": INSTANT,
        "sent_at": {"bsonType": ["date", "null"]},
    },
}


def upgrade(db: Database[dict[str, Any]]) -> None:
    """Setting a validator again replaces it by the same."""
    for collection, fields in FIELDS.items():
        schema = {"bsonType": "object", "required": sorted(fields), "properties": fields}
        db.command("collMod", collection, validator={"$jsonSchema": schema})


def downgrade(db: Database[dict[str, Any]]) -> None:
    """Let everything in again."""
    for collection in FIELDS:
        db.command("collMod", collection, validator={})
