"""Have places in line go with their day only while they wait: an offer ends by passing on."""

from typing import Any

from pymongo import ASCENDING
from pymongo.database import Database

name = "0012_keep_offers_until_they_end"
dependencies = ["0011_forget_letters"]

ALL, WAITING = "gone_when_over", "waiting_gone_when_over"
A_DAY_S = 86_400


def upgrade(db: Database[dict[str, Any]]) -> None:
    """A place that was offered a time while no server ran is still there to pass it on."""
    _replace(db, ALL, WAITING, partialFilterExpression={"state": "waiting"})


def downgrade(db: Database[dict[str, Any]]) -> None:
    """Have all of them go."""
    _replace(db, WAITING, ALL)


def _replace(db: Database[dict[str, Any]], old: str, new: str, **options: Any) -> None:  # noqa: ANN401 - an index's own
    waitlist = db["waitlist"]
    if old in waitlist.index_information():
        waitlist.drop_index(old)
    waitlist.create_index([("ends_at", ASCENDING)], name=new, expireAfterSeconds=A_DAY_S, **options)
