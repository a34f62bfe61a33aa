"""Give each order in which experts are listed an index that holds it whole, ties included."""

from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel
from pymongo.database import Database
from pymongo.errors import OperationFailure

name = "0005_order_experts"
dependencies = ["0004_add_notices"]

NAME = [("sort_name", ASCENDING), ("slug", ASCENDING)]
ORDERS = {
    "order_name": [],
    "order_rating": [("rating", DESCENDING)],
    "order_price": [("price_rank", ASCENDING)],
    "order_soonest": [("next_free_at", ASCENDING)],
}
REPLACED = {
    "listed_sort_name": ("sort_name", ASCENDING),
    "listed_rating": ("rating", DESCENDING),
    "listed_price": ("price_rank", ASCENDING),
    "listed_next_free_at": ("next_free_at", ASCENDING),
}

INDEX_NOT_FOUND = 27


def upgrade(db: Database[dict[str, Any]]) -> None:
    """Make the new ones, then drop those that they begin with."""
    db.experts.create_indexes(
        [
            IndexModel([("listed", ASCENDING), *first, *NAME], name=name)
            for name, first in ORDERS.items()
        ]
    )
    _drop(db, REPLACED)


def downgrade(db: Database[dict[str, Any]]) -> None:
    """Make the old ones again."""
    db.experts.create_indexes(
        [IndexModel([("listed", ASCENDING), key], name=name) for name, key in REPLACED.items()]
    )
    _drop(db, ORDERS)


def _drop(db: Database[dict[str, Any]], names: dict[str, Any]) -> None:
    for name in names:
        try:
            db.experts.drop_index(name)
        except OperationFailure as error:
            if error.code != INDEX_NOT_FOUND:
                raise
