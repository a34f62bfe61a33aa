"""A profile, and the same one after everything in it that bookings keep has changed."""

from typing import Any

from domain.rules.meetings import MeetingKind
from domain.store.core.database import Database
from domain.store.documents import Expert
from domain.store.documents.agreements import Agreed, Meeting, Terms

LINK = "https://meet.example.org/zoe"

BEFORE: dict[str, Any] = {
    "name": "Zoë Early",
    "headline": "Harp for beginners",
    "zone": "Asia/Tokyo",
    "price_minor": 4_200,
    "currency": "EUR",
    "terms": Terms(cancel_before_minutes=120, reschedule_before_minutes=60, max_reschedules=3),
    "meeting": Meeting(kind=MeetingKind.VIDEO, text=LINK),
    "session_minutes": 30,
    "languages": ["en"],
}
AFTER: dict[str, Any] = {
    "name": "Zoë Later",
    "headline": "Organ for experts",
    "zone": "America/Lima",
    "price_minor": 9_900,
    "currency": "USD",
    "terms": Terms(
        cancel_before_minutes=60 * 24 * 90,
        reschedule_before_minutes=60 * 24 * 80,
        max_reschedules=0,
    ),
    "meeting": Meeting(kind=MeetingKind.ADDRESS, text="12 Station Road, Lima"),
    "session_minutes": 50,
}

assert AFTER.keys() == {*Agreed.model_fields, "session_minutes"}


async def change_profile(database: Database, expert: Expert, **fields: Any) -> Expert:
    """Change an expert's profile, as a desk would."""
    changed = expert.model_copy(update=fields)
    document = changed.model_dump_doc()
    change = {"$set": {name: document[name] for name in fields}}
    await database.collection(Expert).update_one({"_id": expert.id}, change)
    return changed
