"""What the log says of bookings that administrators make and move. Names and messages stay out."""

from collections.abc import Mapping
from datetime import datetime

from domain.acts import on_booking
from domain.rules.log import Action, Actor, Json, NewEntry, changes_between
from domain.rules.slots import Timed
from domain.store.documents import Booking


def booked(booking: Booking, by: Actor) -> NewEntry:
    """Return the entry of a booking that is made for somebody."""
    agreed = [{"page": one.page.value, "version": one.version} for one in booking.consents]
    changes = changes_between({"consents": []}, {**_times(booking), "consents": agreed})
    return on_booking(by, Action.SESSION_BOOKED, booking.id, booking.created_at, changes)


def moved(booking: Booking, to: Timed, by: Actor, message: str, *, now: datetime) -> NewEntry:
    """Return the entry of a booking that is about to be moved."""
    before, after = {**_times(booking), "message": ""}, {**_times(to), "message": message}
    changes = changes_between(before, after, personal={"message"})
    return on_booking(by, Action.SESSION_MOVED, booking.id, now, changes)


def _times(timed: Timed) -> Mapping[str, Json]:
    return {"starts_at": timed.starts_at.isoformat(), "ends_at": timed.ends_at.isoformat()}
