"""Create the indexes of experts, slots, bookings, sign-in links and the outbox."""

from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel
from pymongo.database import Database

name = "0001_create_indexes"
dependencies: list[str] = []


def _ascending(index_name: str, *fields: str, **options: object) -> IndexModel:
    return IndexModel([(field, ASCENDING) for field in fields], name=index_name, **options)


HELD = {"state": "held"}

INDEXES = {
    "experts": [
        _ascending("slug", "slug", unique=True),
        _ascending("listed_sort_name", "listed", "sort_name"),
        _ascending("listed_search_terms", "listed", "search_terms"),
        _ascending("listed_category", "listed", "category"),
        _ascending("listed_languages", "listed", "languages"),
        _ascending("listed_next_free_at", "listed", "next_free_at"),
        IndexModel([("listed", ASCENDING), ("rating", DESCENDING)], name="listed_rating"),
        _ascending("listed_price", "listed", "price_rank"),
    ],
    "slots": [
        _ascending("expert_starts", "expert_id", "starts_at", unique=True),
        _ascending("expert_changed", "expert_id", "changed_at"),
        _ascending("held_state_until", "state", "held_until", partialFilterExpression=HELD),
        _ascending("held_state_by", "state", "held_by", partialFilterExpression=HELD),
    ],
    "bookings": [
        _ascending("reference", "reference", unique=True),
        _ascending("request_key", "request_key", unique=True),
        _ascending(
            "one_confirmed_booking_of_a_time",
            "expert_id",
            "starts_at",
            unique=True,
            partialFilterExpression={"status": "confirmed"},
        ),
        _ascending("visitor_starts", "visitor_id", "starts_at"),
        _ascending("address_starts", "address", "starts_at"),
    ],
    "sign_in_links": [
        _ascending("key", "key", unique=True),
        _ascending("address_created", "address", "created_at"),
        _ascending("source_created", "source", "created_at"),
        _ascending("gone_after_two_hours", "created_at", expireAfterSeconds=7_200),
    ],
    "outbox": [
        _ascending("key", "key", unique=True),
        _ascending("state_due", "state", "due_at"),
        _ascending("gone_after_a_month", "created_at", expireAfterSeconds=2_592_000),
    ],
}


def upgrade(db: Database[dict[str, Any]]) -> None:
    """Creating an index that exists already does nothing."""
    for collection, indexes in INDEXES.items():
        db[collection].create_indexes(indexes)


def downgrade(db: Database[dict[str, Any]]) -> None:
    """Drop them; the data stays."""
    for collection in INDEXES:
        db[collection].drop_indexes()
