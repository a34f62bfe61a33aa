"""Keep an installation's own face, its logo and texts, and what bookings agreed to."""

from typing import Any

from pymongo import ASCENDING, IndexModel
from pymongo.database import Database

name = "0030_add_site"
dependencies = ["0029_find_bookings"]

Schema = dict[str, Any]

TEXT: Schema = {"bsonType": "string"}
NAME: Schema = {"bsonType": "string", "minLength": 1}
INSTANT: Schema = {"bsonType": "date"}
COUNT: Schema = {"bsonType": ["int", "long"], "minimum": 0}
VERSION: Schema = {"bsonType": ["int", "long"], "minimum": 1}
THE_ONE: Schema = {"enum": [True]}
BY_LANGUAGE: Schema = {"bsonType": "object", "additionalProperties": TEXT}
PAGE: Schema = {"enum": ["imprint", "privacy", "terms"]}


def _object(properties: dict[str, Schema]) -> Schema:
    return {"bsonType": "object", "required": sorted(properties), "properties": properties}


def _list(items: Schema) -> Schema:
    return {"bsonType": "array", "items": items}


LEGAL_TEXT = _object({"version": COUNT, "texts": BY_LANGUAGE})
SITE: dict[str, Schema] = {
    "only": THE_ONE,
    "rev": COUNT,
    "face_rev": COUNT,
    "fields_rev": COUNT,
    "texts_rev": COUNT,
    "name": NAME,
    "tagline": BY_LANGUAGE,
    "accent": {"bsonType": "string", "pattern": "^(#[0-9a-f]{6})?$"},
    "logo": TEXT,
    "contact": _object({"address": TEXT, "phone": TEXT, "email": TEXT}),
    "languages": _list(NAME),
    "expertise": _list(_object({"key": NAME, "names": BY_LANGUAGE})),
    "imprint": LEGAL_TEXT,
    "privacy": LEGAL_TEXT,
    "terms": LEGAL_TEXT,
    "agreeing": _list(PAGE),
}
LOGO: dict[str, Schema] = {
    "only": THE_ONE,
    "image": {"bsonType": "binData"},
    "media_type": {"enum": ["image/png", "image/svg+xml"]},
    "digest": NAME,
    "changed_at": INSTANT,
}
PUBLISHED: dict[str, Schema] = {
    "page": PAGE,
    "version": VERSION,
    "texts": BY_LANGUAGE,
    "published_at": INSTANT,
}
NEW = {"site": SITE, "logos": LOGO, "texts": PUBLISHED}
CONSENT = _object({"page": PAGE, "version": VERSION, "language": NAME, "at": INSTANT})
AGREEING = ("bookings", "booking_requests")

ONE = IndexModel([("only", ASCENDING)], unique=True, name="only")
INDEXES = {
    "site": ONE,
    "logos": ONE,
    "texts": IndexModel([("page", ASCENDING), ("version", ASCENDING)], unique=True, name="version"),
}


def upgrade(db: Database[dict[str, Any]]) -> None:
    """Every site has the program's face so far, and nobody was asked to agree to anything.

    Processes that don't know of consents yet write bookings without.
    """
    for collection, properties in NEW.items():
        if collection not in db.list_collection_names():
            db.create_collection(collection)
        db[collection].create_indexes([INDEXES[collection]])
        db.command("collMod", collection, validator={"$jsonSchema": _object(properties)})
    for collection in AGREEING:
        schema = _schema(db, collection)
        schema["properties"]["consents"] = _list(CONSENT)
        db.command("collMod", collection, validator={"$jsonSchema": schema})


def downgrade(db: Database[dict[str, Any]]) -> None:
    """Forget the face and the texts; what bookings agreed to stays."""
    for collection in NEW:
        db.drop_collection(collection)
    for collection in AGREEING:
        schema = _schema(db, collection)
        schema["properties"].pop("consents", None)
        db.command("collMod", collection, validator={"$jsonSchema": schema})


def _schema(db: Database[dict[str, Any]], collection: str) -> Schema:
    (information,) = db.list_collections(filter={"name": collection})
    schema: Schema = information["options"]["validator"]["$jsonSchema"]
    return schema
