"""What an expert says of a booking: it changes nothing of what was agreed, and is no revision."""

from domain.rules.log import NewEntry
from domain.store.core.database import Database
from domain.store.documents import Attendance, Booking, BookingStatus
from domain.store.log import acting


async def note_attendance(
    database: Database, booking: Booking, attendance: Attendance, act: NewEntry
) -> None:
    """Note whether the attendee of a session that has begun came; a later word replaces it.

    Raises:
        Refusal: BUSY.
    """
    begun = {
        "_id": booking.id,
        "expert_id": booking.expert_id,
        "status": BookingStatus.CONFIRMED.value,
        "starts_at": {"$lte": act.at},
    }
    await acting.set_fields(database, Booking, begun, {"attendance": attendance.value}, act)


async def write_note(database: Database, booking: Booking, note: str, act: NewEntry) -> bool:
    """Keep a note with a booking; False where its attendee was erased or left for a stand-in.

    Raises:
        Refusal: BUSY.
    """
    naming = {"_id": booking.id, "expert_id": booking.expert_id, "erased_at": None}
    return await acting.set_fields(
        database, Booking, naming, {"note": note}, act, personal={"note"}
    )
