"""The agenda of an expert: their sessions, and what they say of each."""

import secrets
from datetime import datetime, timedelta
from functools import partial

from domain.acts import on_booking, on_expert
from domain.booking.cancelling import call_off
from domain.rules.errors import Code, Refusal
from domain.rules.instants import NEVER
from domain.rules.log import Action, Actor
from domain.store.bookings import reading as bookings
from domain.store.bookings import remarks
from domain.store.core.database import Database
from domain.store.documents import Attendance, Booking, BookingStatus, Expert, Party
from domain.store.experts import choices
from domain.store.experts import reading as experts

CALENDAR_PAST = timedelta(days=30)
"""How long a session stays in the calendar of an agenda once it is over."""


async def sessions(
    database: Database, expert: Expert, start: datetime, end: datetime
) -> list[Booking]:
    """Return an expert's sessions that share an instant with `[start, end)`, cancelled ones too."""
    return await bookings.of_expert(database, expert.id, start, end)


async def find(database: Database, expert: Expert, reference: str) -> Booking:
    """Return one of an expert's sessions.

    Raises:
        Refusal: BOOKING_UNKNOWN, when there is none, or it is another expert's.
    """
    booking = await bookings.find_by_reference(database, reference.upper())
    if booking is None or booking.expert_id != expert.id:
        raise Refusal(Code.BOOKING_UNKNOWN)
    return booking


async def cancel(
    database: Database,
    expert: Expert,
    reference: str,
    message: str,
    *,
    by: Actor,
    now: datetime,
) -> Booking:
    """Cancel a session in the expert's name and free its slot, both or neither.

    Until it begins the expert may always do so: deadlines are for attendees. Cancelling twice is
    cancelling once, and the first message counts.

    Args:
        database: Where bookings are kept.
        expert: Whose session it is.
        reference: Which session.
        message: What the attendee's mail says beside it, or nothing.
        by: Who cancels.
        now: The instant of the request.

    Raises:
        Refusal: BOOKING_UNKNOWN; BOOKING_PAST, once it has begun; BUSY.
    """
    theirs = partial(find, database, expert, reference)
    return await call_off(database, theirs, Party.EXPERT, message, by=by, now=now)


async def note_attendance(
    database: Database, booking: Booking, attendance: Attendance, *, by: Actor, now: datetime
) -> None:
    """Note whether the attendee came. It can be changed at any time once the session has begun.

    Raises:
        Refusal: BOOKING_CANCELLED; NOT_BEGUN; BUSY.
    """
    if booking.status is BookingStatus.CANCELLED:
        raise Refusal(Code.BOOKING_CANCELLED)
    if now < booking.starts_at:
        raise Refusal(Code.NOT_BEGUN)
    act = on_booking(by, Action.OUTCOME_NOTED, booking.id, now)
    await remarks.note_attendance(database, booking, attendance, act)


async def write_note(
    database: Database, booking: Booking, note: str, *, by: Actor, now: datetime
) -> None:
    """Keep the expert's own note of a session; an empty one removes it.

    Raises:
        Refusal: ATTENDEE_ERASED, when the attendee was taken out of the booking: a note could
            bring them back; BUSY.
    """
    act = on_booking(by, Action.NOTE_WRITTEN, booking.id, now)
    if not await remarks.write_note(database, booking, note, act):
        raise Refusal(Code.ATTENDEE_ERASED)


async def calendar(database: Database, key: str, *, now: datetime) -> tuple[Expert, list[Booking]]:
    """Return the expert whose agenda a key opens, and the sessions that their calendar shows.

    Raises:
        Refusal: EXPERT_UNKNOWN, when the key opens none, or no longer does.
    """
    expert = await experts.find_by_calendar_key(database, key)
    if expert is None:
        raise Refusal(Code.EXPERT_UNKNOWN)
    return expert, await bookings.of_expert(database, expert.id, now - CALENDAR_PAST, NEVER)


async def renew_calendar(database: Database, expert: Expert, *, by: Actor, now: datetime) -> None:
    """Give an expert's calendar a new key; the old address stops working.

    Raises:
        Refusal: BUSY.
    """
    act = on_expert(by, Action.CALENDAR_RENEWED, expert.id, now)
    await choices.set_calendar_key(database, expert.id, secrets.token_urlsafe(24), act)
