"""Replacements: how a displaced session stands, and how it ends where nobody answers."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from domain.rules.absences import keeper_of
from domain.rules.errors import Refusal
from domain.rules.slots import SlotState
from domain.store.absences import declared, replacements
from domain.store.bookings import claims
from domain.store.bookings import reading as bookings
from domain.store.core.database import Database, Key
from domain.store.documents import Booking, Party, Slot
from domain.store.documents.absences import Absence, Replacement, ReplacementState
from domain.store.slots import claiming as slots

_AT_ONCE = 100


@dataclass(frozen=True)
class Proposal:
    """What the attendee of a displaced session reads, and may answer."""

    offers: Sequence[Slot]
    """The times that are kept for the booking, by their start."""
    message: str
    """What the expert wrote, or nothing."""


@dataclass(frozen=True)
class AskedSession:
    """One session of an absence, and what has become of it."""

    replacement: Replacement
    booking: Booking
    offers: Sequence[Slot]


@dataclass(frozen=True)
class AbsenceBoard:
    """An absence, and everybody who was asked because of it."""

    absence: Absence
    sessions: Sequence[AskedSession]

    def of(self, state: ReplacementState) -> list[AskedSession]:
        """Return the sessions of which this has become."""
        return [session for session in self.sessions if session.replacement.state is state]


def is_kept_for(slot: Slot, booking: Booking) -> bool:
    """Say whether a slot is kept for a booking, which alone may move there."""
    return slot.state is SlotState.OFFERED and slot.held_by == keeper_of(booking.id)


async def proposal_of(database: Database, booking: Booking, *, now: datetime) -> Proposal | None:
    """Return what a booking's attendee may still answer; None when there is nothing to.

    The offers of a session that was cancelled unanswered last until they end.
    """
    replacement = await replacements.latest(database, booking.id)
    if replacement is None or not (booking.is_displaced or replacement.offers):
        return None
    absence = await declared.find(database, replacement.absence_id)
    offers = (await _offers(database, [replacement], now))[replacement.id]
    if not booking.is_displaced and not offers:
        return None
    return Proposal(offers, absence.message if absence else "")


async def board_of(database: Database, absence: Absence, *, now: datetime) -> AbsenceBoard:
    """Return who was asked because of an absence, by when their session was to begin."""
    asked = await replacements.of_absence(database, absence.id)
    displaced = await bookings.find_many(database, [one.booking_id for one in asked])
    offers = await _offers(database, asked, now)
    return AbsenceBoard(
        absence,
        [
            AskedSession(one, displaced[one.booking_id], offers[one.id])
            for one in asked
            if one.booking_id in displaced
        ],
    )


async def _offers(
    database: Database, asked: Sequence[Replacement], now: datetime
) -> dict[Key, list[Slot]]:
    """Return the slots that each of some replacements still offers at `now`, by their start."""
    live = {one.id: [time.slot_id for time in one.offers if now < time.until] for one in asked}
    found = await slots.find_many(database, [key for keys in live.values() for key in keys])
    return {
        key: sorted((found[one] for one in keys if one in found), key=lambda slot: slot.starts_at)
        for key, keys in live.items()
    }


async def end_lapsed(database: Database, *, now: datetime) -> None:
    """Pass on the times that were kept for bookings and whose end has come.

    Where that is too busy, it is done the next time.
    """
    for replacement in await replacements.lapsed(database, now, limit=_AT_ONCE):
        ended = [time.slot_id for time in replacement.offers if time.until <= now]
        with suppress(Refusal):
            await replacements.end_offers(database, replacement, ended, now=now)


async def cancel_unanswered(database: Database, *, now: datetime) -> None:
    """Cancel, in their experts' names, the sessions that would begin without an answer.

    Where that is too busy, it is done the next time.
    """
    for replacement in await replacements.overdue(database, now, limit=_AT_ONCE):
        booking = await bookings.find(database, replacement.booking_id)
        if booking is not None and booking.is_displaced:
            with suppress(Refusal):
                await _cancel(database, replacement, booking, now)


async def _cancel(
    database: Database, replacement: Replacement, booking: Booking, now: datetime
) -> None:
    absence = await declared.find(database, replacement.absence_id)
    await claims.cancel(
        database,
        booking,
        by=Party.EXPERT,
        message=absence.message if absence else "",
        as_answer=ReplacementState.UNANSWERED,
        now=now,
    )


async def forget_passed(database: Database, *, now: datetime) -> None:
    """Delete absences that nothing will ask for again."""
    await declared.forget(database, now)
