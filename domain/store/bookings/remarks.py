"""What an expert says of a booking: it changes nothing of what was agreed, and is no revision."""

from datetime import datetime

from domain.store.core.database import Database
from domain.store.documents import Attendance, Booking, BookingStatus


async def note_attendance(
    database: Database, booking: Booking, attendance: Attendance, *, now: datetime
) -> None:
    """Note whether the attendee of a session that has begun came; a later word replaces it."""
    begun = {
        "_id": booking.id,
        "expert_id": booking.expert_id,
        "status": BookingStatus.CONFIRMED.value,
        "starts_at": {"$lte": now},
    }
    await database.writing(Booking).update_one(begun, {"$set": {"attendance": attendance.value}})


async def write_note(database: Database, booking: Booking, note: str) -> bool:
    """Keep a note with a booking; False where its attendee was erased or left for a stand-in."""
    naming = {"_id": booking.id, "expert_id": booking.expert_id, "erased_at": None}
    result = await database.writing(Booking).update_one(naming, {"$set": {"note": note}})
    return result.matched_count == 1
