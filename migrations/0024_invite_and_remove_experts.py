"""Let administrators invite experts and remove them, and find them by status and name."""

from typing import Any

from pymongo import ASCENDING
from pymongo.database import Database

name = "0024_invite_and_remove_experts"
dependencies = ["0023_add_administrators"]

Schema = dict[str, Any]

VALUES = {
    ("experts", "status"): ["invited", "leaving", "removed"],
    ("sign_in_links", "purpose"): ["invitation"],
    ("outbox", "kind"): ["invitation"],
}
BY_NAME = [(field, ASCENDING) for field in ("status", "sort_name", "slug")]
FORMER_EXPIRY, EXPIRY = "gone_after_two_hours", "gone_when_expired"


def upgrade(db: Database[dict[str, Any]]) -> None:
    """Links of half an hour go after two hours as before; others stay as long as they work."""
    for (collection, field), added in VALUES.items():
        known = _known(db, collection, field)
        _allow(db, collection, field, [*(value for value in known if value not in added), *added])
    db["experts"].create_index(BY_NAME, name="status_name")
    db["sign_in_links"].create_index(
        [("expires_at", ASCENDING)], name=EXPIRY, expireAfterSeconds=5400
    )
    if FORMER_EXPIRY in db["sign_in_links"].index_information():
        db["sign_in_links"].drop_index(FORMER_EXPIRY)


def downgrade(db: Database[dict[str, Any]]) -> None:
    """Allow none of it any more; what has it stays."""
    for (collection, field), added in VALUES.items():
        known = _known(db, collection, field)
        _allow(db, collection, field, [value for value in known if value not in added])
    db["sign_in_links"].create_index(
        [("created_at", ASCENDING)], name=FORMER_EXPIRY, expireAfterSeconds=7200
    )
    for collection, index in (("sign_in_links", EXPIRY), ("experts", "status_name")):
        if index in db[collection].index_information():
            db[collection].drop_index(index)


def _schema(db: Database[dict[str, Any]], collection: str) -> Schema:
    (information,) = db.list_collections(filter={"name": collection})
    schema: Schema = information["options"]["validator"]["$jsonSchema"]
    return schema


def _known(db: Database[dict[str, Any]], collection: str, field: str) -> list[str]:
    known: list[str] = _schema(db, collection)["properties"][field]["enum"]
    return known


def _allow(db: Database[dict[str, Any]], collection: str, field: str, values: list[str]) -> None:
    """Setting a validator again replaces it by the same."""
    schema = _schema(db, collection)
    schema["properties"][field] = {"enum": values}
    db.command("collMod", collection, validator={"$jsonSchema": schema})
