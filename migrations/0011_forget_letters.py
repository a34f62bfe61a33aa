"""Forget whom settled mails were sent to, and find mails by address and by place in line."""

from typing import Any

from pymongo import ASCENDING
from pymongo.database import Database

name = "0011_forget_letters"
dependencies = ["0010_add_place_requests"]

LETTER = ("to", "subject", "text", "html", "calendar")
SETTLED = ["sent", "failed", "unsure", "overtaken"]
INDEXES = {"to": "to", "wait_id": "wait"}


def upgrade(db: Database[dict[str, Any]]) -> None:
    """What nothing more becomes of, and what was not kept to be read, says no more what it said."""
    nothing = dict.fromkeys(LETTER, "")
    db["outbox"].update_many({"state": {"$in": SETTLED}}, {"$set": nothing})
    for field, index in INDEXES.items():
        db["outbox"].create_index([(field, ASCENDING)], name=index)


def downgrade(db: Database[dict[str, Any]]) -> None:
    """Find them so no longer; what was forgotten stays so."""
    for index in INDEXES.values():
        db["outbox"].drop_index(index)
