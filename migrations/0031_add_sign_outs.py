"""Keep when an address signed out on all devices."""

from typing import Any

from pymongo import ASCENDING, IndexModel
from pymongo.database import Database

name = "0031_add_sign_outs"
dependencies = ["0030_add_site"]

INSTANT = {"bsonType": "date"}
FIELDS: dict[str, Any] = {
    "address": {"bsonType": "string", "minLength": 1},
    "at": INSTANT,
    "kept_until": INSTANT,
}
INDEXES = [
    IndexModel([("address", ASCENDING)], unique=True, name="address"),
    IndexModel([("kept_until", ASCENDING)], name="gone_when_kept", expireAfterSeconds=0),
]


def upgrade(db: Database[dict[str, Any]]) -> None:
    """Nobody has so far; the release before looks at none."""
    if "sign_outs" not in db.list_collection_names():
        db.create_collection("sign_outs")
    db["sign_outs"].create_indexes(INDEXES)
    schema = {"bsonType": "object", "required": sorted(FIELDS), "properties": FIELDS}
    db.command("collMod", "sign_outs", validator={"$jsonSchema": schema})


def downgrade(db: Database[dict[str, Any]]) -> None:
    """Remember nothing."""
    db["sign_outs"].drop()
