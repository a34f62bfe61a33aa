"""The words that bookings are found by, where an older process has left them out or behind."""

from datetime import datetime

from pymongo import UpdateOne

from domain.store.bookings.searching import words_of
from domain.store.core.database import Database, Document
from domain.store.documents import Attendee, Booking

_AT_ONCE = 1_000
_LACKING: Document = {"found_by": {"$exists": False}}
_NAMES = ["attendee", "reference", "erased_at"]


async def add_missing(database: Database) -> int:
    """Have bookings found by their words that were made without; return how many had none."""
    bookings = database.writing(Booking)
    found = await bookings.find(_LACKING, _NAMES).to_list(_AT_ONCE)
    if found:
        writes = [
            UpdateOne({"_id": one["_id"], **_LACKING}, {"$set": {"found_by": _words_in(one)}})
            for one in found
        ]
        await bookings.bulk_write(writes, ordered=False)
    return len(found)


async def remove_of_erased(database: Database, *, since: datetime) -> None:
    """Have bookings found by nobody from which the person was erased since then."""
    left = {"erased_at": {"$gte": since}, "found_by.0": {"$exists": True}}
    await database.writing(Booking).update_many(left, {"$set": {"found_by": []}})


def _words_in(document: Document) -> list[str]:
    if document["erased_at"] is not None:
        return []
    attendee = Attendee.model_validate_doc(document["attendee"])
    return words_of(attendee, document["reference"])
