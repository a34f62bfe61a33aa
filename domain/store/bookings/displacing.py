"""Displacing bookings for an absence, and restoring them once it is revoked.

Each is one transaction over the offered slots, the replacement, the booking and the mail.
"""

from collections.abc import Sequence
from datetime import datetime

from motor.motor_asyncio import AsyncIOMotorClientSession

from domain.rules.absences import MOST_OFFERS
from domain.rules.booking_events import BookingEvent
from domain.store.absences import declared, replacements
from domain.store.bookings.keeping import choice_for, keep
from domain.store.bookings.news import announce, change_of
from domain.store.bookings.steps import as_read, changed, step_of
from domain.store.core.database import Database, Key
from domain.store.core.transactions import all_or_nothing, expect_one
from domain.store.documents import Booking, Step
from domain.store.documents.absences import Absence, KeptTime, Replacement, ReplacementState


async def ask(database: Database, absence: Absence, booking: Booking, *, now: datetime) -> bool:
    """Displace a booking that is still as it was read, and ask its attendee.

    Up to three free times are kept for the booking, in the order of `choice_for`.

    Returns:
        False when nothing was changed: the booking has changed, its attendee is asked already, or
        the absence was revoked.

    Raises:
        Refusal: BUSY.
    """
    choice = await choice_for(database, absence, booking, now)

    async def work(session: AsyncIOMotorClientSession) -> None:
        await declared.stay_as(database, absence, session)
        offers = await keep(database, choice, MOST_OFFERS, session)
        question = _question(absence, booking, offers, now)
        kept = database.collection(Replacement)
        await kept.insert_one(question.model_dump_doc(), session=session)
        await _displace(database, booking, now, session)

    turn, once_by = booking.expert_id, {("booking_id",)}
    return await all_or_nothing(database, work, now=now, turn=turn, once_by=once_by)


async def offer_anew(
    database: Database,
    absence: Absence,
    replacement: Replacement,
    booking: Booking,
    slot_ids: Sequence[Key],
    *,
    now: datetime,
) -> bool:
    """Replace offers that can't be kept, and tell the attendee which times there are instead.

    Returns:
        False when nothing was changed: the attendee has just answered, or an offer has ended.

    Raises:
        Refusal: BUSY.
    """
    choice = await choice_for(database, absence, booking, now)
    stays = [time for time in replacement.offers if time.slot_id not in slot_ids]
    missing = MOST_OFFERS - len(stays)

    async def work(session: AsyncIOMotorClientSession) -> None:
        await replacements.drop(database, replacement, slot_ids, now=now, session=session)
        new = await keep(database, choice, missing, session)
        offers = [time.model_dump() for time in (*stays, *new)]
        asked = {"_id": replacement.id, "state": ReplacementState.ASKED.value}
        kept = database.collection(Replacement)
        await kept.update_one(asked, {"$set": {"offers": offers}}, session=session)
        await _displace(database, booking, now, session)

    return await all_or_nothing(database, work, now=now, turn=booking.expert_id)


async def restore(database: Database, booking: Booking, *, now: datetime) -> bool:
    """Let a displaced booking take place after all, and free the slots kept for it.

    Returns:
        False when nothing was changed: the attendee has just answered.

    Raises:
        Refusal: BUSY.
    """
    change = change_of(booking, BookingEvent.RESTORED, now=now)
    restored = changed(step_of(booking, Step.RESTORED, now))

    async def work(session: AsyncIOMotorClientSession) -> None:
        bookings, state = database.collection(Booking), ReplacementState.REVOKED
        await replacements.answer(database, booking.id, state, now=now, session=session)
        expect_one(await bookings.update_one(as_read(booking), restored, session=session))
        await announce(database, change, session)

    return await all_or_nothing(database, work, now=now, turn=booking.expert_id)


def _question(
    absence: Absence, booking: Booking, offers: list[KeptTime], now: datetime
) -> Replacement:
    return Replacement(
        id=Key(),
        absence_id=absence.id,
        booking_id=booking.id,
        expert_id=booking.expert_id,
        starts_at=booking.starts_at,
        offers=offers,
        asked_at=now,
        kept_until=absence.kept_until,
    )


async def _displace(
    database: Database, booking: Booking, now: datetime, session: AsyncIOMotorClientSession
) -> None:
    """Raise the booking's revision, so that what was to be mailed of the old time is not."""
    displaced = changed(step_of(booking, Step.DISPLACED, now))
    bookings = database.collection(Booking)
    expect_one(await bookings.update_one(as_read(booking), displaced, session=session))
    await announce(database, change_of(booking, BookingEvent.DISPLACED, now=now), session)
