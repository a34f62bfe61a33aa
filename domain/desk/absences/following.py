"""What follows from an absence: closed days, questions and offers; once it is revoked, their end.

Every step may be repeated, by any process: a job finishes what a killed one left.
"""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime

from domain.desk import publishing
from domain.desk.absences.closing import set_closed
from domain.rules import absences as rules
from domain.rules.errors import Refusal
from domain.store.absences import days, declared, replacements
from domain.store.bookings import displacing
from domain.store.bookings import reading as bookings
from domain.store.core.database import Database, Key
from domain.store.documents import Booking, Expert
from domain.store.documents.absences import Absence, AbsenceState, Replacement, ReplacementState
from domain.store.experts import reading as experts

_AT_ONCE = 20


def span_of(expert: Expert, absence: Absence) -> tuple[datetime, datetime]:
    """Return the instants `[start, end)` that an absence covers in its expert's present zone."""
    return rules.span_of(absence.first_day, absence.last_day, expert.zone)


async def carry_on_all(database: Database, *, now: datetime) -> None:
    """Finish whatever is left of absences that were declared or revoked.

    One that is too busy waits for the next round and doesn't hold up the others.
    """
    for absence in await declared.unfinished(database, limit=_AT_ONCE):
        with suppress(Refusal):
            await carry_on(database, absence, now=now)


async def carry_on(database: Database, absence: Absence, *, now: datetime) -> None:
    """Do what is left of an absence. Any process may, at any time.

    Raises:
        Refusal: BUSY.
    """
    expert = await experts.find(database, absence.expert_id)
    if expert is None:
        return
    if absence.state is AbsenceState.DECLARING:
        await _go_on_declaring(database, expert, absence, now)
    elif absence.state is AbsenceState.REVOKING:
        await _go_on_revoking(database, expert, absence, now)


async def _go_on_declaring(
    database: Database, expert: Expert, absence: Absence, now: datetime
) -> None:
    """Close the days, replace the offers on them, then ask.

    As long as somebody holds a time there, a booking may still come of it: it isn't finished.
    """
    start, end = span_of(expert, absence)
    is_changed = await set_closed(database, absence, now=now)
    if is_changed or not await days.are_closed(database, expert.id, start, end, now):
        await publishing.publish(database, expert.id, now=now)
    kept = await days.kept_for_somebody(database, expert.id, start, end, now)
    for replacement in await replacements.with_offers(database, kept):
        await _replace_offers(database, absence, replacement, kept, now)
    for booking in await to_ask(database, expert.id, start, end, now):
        await displacing.ask(database, absence, booking, now=now)
    if not kept and not await to_ask(database, expert.id, start, end, now):
        await declared.note(database, absence, AbsenceState.STANDING)


async def to_ask(
    database: Database, expert_id: Key, start: datetime, end: datetime, now: datetime
) -> list[Booking]:
    """Return the sessions in `[start, end)` still to come whose attendees were not asked yet."""
    found = await bookings.confirmed_within(database, expert_id, start, end)
    return [booking for booking in found if booking.starts_at > now and not booking.is_displaced]


async def _replace_offers(
    database: Database,
    absence: Absence,
    replacement: Replacement,
    kept: Sequence[Key],
    now: datetime,
) -> None:
    """Replace the offers that a newer absence covers; a cancelled session gets no new ones.

    How long they last is for the absence to say because of which the attendee was asked: this one
    may be a stand-in's.
    """
    covered = [time.slot_id for time in replacement.offers if time.slot_id in kept]
    booking = await bookings.find(database, replacement.booking_id)
    if booking is not None and booking.is_displaced:
        asked_by = await declared.find(database, replacement.absence_id) or absence
        await displacing.offer_anew(database, asked_by, replacement, booking, covered, now=now)
    else:
        await replacements.end_offers(database, replacement, covered, now=now)


async def _go_on_revoking(
    database: Database, expert: Expert, absence: Absence, now: datetime
) -> None:
    """Open the days again, then have every session that was not moved take place after all."""
    await set_closed(database, absence, now=now)
    await publishing.publish(database, expert.id, now=now)
    others = await declared.live(database, expert.id)
    for replacement in await replacements.of_absence(database, absence.id):
        booking = await bookings.find(database, replacement.booking_id)
        if replacement.state is ReplacementState.ASKED and booking is not None:
            covering = next((one for one in others if _covers(expert, one, booking)), None)
            await _give_back(database, replacement, booking, covering, now)
        elif replacement.offers:
            ended = [time.slot_id for time in replacement.offers]
            await replacements.end_offers(database, replacement, ended, now=now)
    left = await replacements.of_absence(database, absence.id)
    if not any(one.offers or one.state is ReplacementState.ASKED for one in left):
        await declared.note(database, absence, AbsenceState.REVOKED)


def _covers(expert: Expert, absence: Absence, booking: Booking) -> bool:
    start, end = span_of(expert, absence)
    return booking.starts_at < end and start < booking.ends_at


async def _give_back(
    database: Database,
    replacement: Replacement,
    booking: Booking,
    covering: Absence | None,
    now: datetime,
) -> None:
    """Have a session take place after all, unless another absence covers it as well."""
    if covering is not None:
        await declared.reassign(database, replacement, covering)
    elif booking.is_displaced and now < booking.starts_at:
        await displacing.restore(database, booking, now=now)
