"""Replacements: how a displaced session stands, and how it ends if nobody answers."""

from collections.abc import Iterator, Mapping, Sequence
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
from domain.store.documents import Booking, Expert, Party, Slot
from domain.store.documents.absences import Absence, KeptTime, Replacement, ReplacementState
from domain.store.experts import reading as experts
from domain.store.slots import claiming as slots

_AT_ONCE = 100


@dataclass(frozen=True)
class ProposedTime:
    """A time that is kept for a booking."""

    slot: Slot
    stand_in: Expert | None = None
    """Who would meet the attendee instead; None: the booking's own expert."""
    price_minor: int | None = None
    """What the stand-in's time costs, in the booking's currency; None: as agreed."""


@dataclass(frozen=True)
class Proposal:
    """What the attendee of a displaced session reads, and may answer."""

    times: Sequence[ProposedTime]
    """What is kept for the booking: its own expert's times first, each by their start."""
    message: str
    """What the expert wrote, or nothing."""

    @property
    def stand_ins(self) -> list[Expert]:
        """Return the other experts whose times are among them, each once."""
        found = {time.stand_in.id: time.stand_in for time in self.times if time.stand_in}
        return [*found.values()]


@dataclass(frozen=True)
class AskedSession:
    """One session of an absence, and what has become of it."""

    replacement: Replacement
    booking: Booking
    times: Sequence[ProposedTime]
    """What is still kept for the booking."""


@dataclass(frozen=True)
class AbsenceBoard:
    """An absence, and everybody who was asked because of it."""

    absence: Absence
    sessions: Sequence[AskedSession]

    def of(self, state: ReplacementState) -> list[AskedSession]:
        """Return the sessions that have come to this."""
        return [session for session in self.sessions if session.replacement.state is state]


def is_kept_for(slot: Slot, booking: Booking) -> bool:
    """Say whether a slot is kept for a booking, which alone may move there."""
    return slot.state is SlotState.OFFERED and slot.held_by == keeper_of(booking.id)


async def proposal_of(database: Database, booking: Booking, *, now: datetime) -> Proposal | None:
    """Return what a booking's attendee may still answer; None when there is nothing to answer.

    After a session was cancelled because nobody answered, its offers last until their own end.
    """
    replacement = await replacements.latest(database, booking.id)
    if replacement is None or not (booking.is_displaced or replacement.offers):
        return None
    absence = await declared.find(database, replacement.absence_id)
    times = (await _times(database, [replacement], now))[replacement.id]
    if not booking.is_displaced and not times:
        return None
    return Proposal(times, absence.message if absence else "")


async def board_of(database: Database, absence: Absence, *, now: datetime) -> AbsenceBoard:
    """Return everybody who was asked because of an absence, in order of their sessions."""
    asked = await replacements.of_absence(database, absence.id)
    displaced = await bookings.find_many(database, [one.booking_id for one in asked])
    times = await _times(database, asked, now)
    return AbsenceBoard(
        absence,
        [
            AskedSession(one, displaced[one.booking_id], times[one.id])
            for one in asked
            if one.booking_id in displaced
        ],
    )


async def _times(
    database: Database, asked: Sequence[Replacement], now: datetime
) -> dict[Key, list[ProposedTime]]:
    """Return what each of some replacements still offers at `now`, by its key."""
    live = {one.id: [time for time in one.offers if now < time.until] for one in asked}
    kept = [time for times in live.values() for time in times]
    found = await slots.find_many(database, [time.slot_id for time in kept])
    others = {time.stand_in_id for time in kept if time.stand_in_id}
    stand_ins = await experts.find_many(database, [*others]) if others else {}
    return {
        key: sorted(_proposed(times, found, stand_ins), key=_own_first)
        for key, times in live.items()
    }


def _proposed(
    kept: Sequence[KeptTime], found: Mapping[Key, Slot], stand_ins: Mapping[Key, Expert]
) -> Iterator[ProposedTime]:
    """Yield the times that are there; one of a stand-in who is no longer listed is not."""
    for time in kept:
        slot = found.get(time.slot_id)
        if slot is None:
            continue
        if time.stand_in_id is None:
            yield ProposedTime(slot)
        elif (expert := stand_ins.get(time.stand_in_id)) and expert.listed:
            yield ProposedTime(slot, expert, time.price_minor)


def _own_first(time: ProposedTime) -> tuple[bool, datetime]:
    return time.stand_in is not None, time.slot.starts_at


async def end_lapsed(database: Database, *, now: datetime) -> None:
    """Free the times whose offers have ended; what is too busy waits for the next round."""
    for replacement in await replacements.lapsed(database, now, limit=_AT_ONCE):
        ended = [time.slot_id for time in replacement.offers if time.until <= now]
        with suppress(Refusal):
            await replacements.end_offers(database, replacement, ended, now=now)


async def cancel_unanswered(database: Database, *, now: datetime) -> None:
    """Cancel, in their experts' names, sessions whose start has come without an answer.

    What is too busy waits for the next round.
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
