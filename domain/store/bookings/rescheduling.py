"""Rescheduling: one transaction frees the old slot, books the new one, changes the booking."""

from dataclasses import dataclass
from datetime import datetime

from motor.motor_asyncio import AsyncIOMotorClientSession

from domain.rules.absences import keeper_of
from domain.rules.booking_events import BookingChange, BookingEvent
from domain.rules.log import NewEntry
from domain.rules.slots import SlotState
from domain.store.absences import replacements
from domain.store.bookings.claims import A_TIME, held_guard
from domain.store.bookings.news import announce, change_of
from domain.store.bookings.steps import as_read, booked_by, changed, its_slot
from domain.store.core.database import Database, Document
from domain.store.core.transactions import all_or_nothing, expect_one
from domain.store.documents import Booking, BookingStatus, Change, Party, Slot, Step
from domain.store.documents.absences import ReplacementState
from domain.store.documents.agreements import Agreed
from domain.store.log import writing as log
from domain.store.slots import fullness
from domain.store.waitlist import offers


@dataclass(frozen=True)
class ByAdministrator:
    """What it adds to a reschedule that an administrator makes it."""

    act: NewEntry
    """What the log says of it."""
    message: str
    """What the attendee's mail says beside it, or nothing."""


async def reschedule(
    database: Database,
    booking: Booking,
    slot: Slot,
    holder: str,
    *,
    agreed: Agreed,
    within_a_day: bool,
    administrator: ByAdministrator | None = None,
    now: datetime,
) -> bool:
    """Change a booking that is still as it was read to a slot that is held for it.

    A stand-in's slot takes it to the stand-in. One cancelled unanswered is confirmed again.

    Args:
        database: Where bookings are kept.
        booking: What to reschedule.
        slot: The new slot.
        holder: Who holds it: a visitor, or the booking itself by `keeper_of`.
        agreed: What holds of the booking there.
        within_a_day: Whether the booking stays on its expert's day, which may be full then.
        administrator: What it adds that one reschedules it; None: its attendee does.
        now: The present instant.

    Returns:
        False if nothing changed: the hold is gone, or something else changed the booking.

    Raises:
        Refusal: BUSY.
    """
    taking = None if within_a_day or slot.state is SlotState.OFFERED else slot.starts_at
    mine = held_guard(database, slot.id, holder, _as_held(slot), now, full_too=within_a_day)

    async def work(session: AsyncIOMotorClientSession) -> None:
        bookings, slots = database.collection(Booking), database.collection(Slot)
        expect_one(await slots.update_one(mine, booked_by(booking, now), session=session))
        if slot.state is SlotState.OFFERED and holder != keeper_of(booking.id):
            await offers.spend(database, slot.id, session)
        await replacements.answer(
            database, booking.id, ReplacementState.MOVED, taken=slot.id, now=now, session=session
        )
        await _recount(database, booking, slot, taking=taking, now=now, session=session)
        update = _rescheduled_to(booking, slot, agreed, administrator, now)
        expect_one(await bookings.update_one(as_read(booking), update, session=session))
        await announce(database, _change_to(slot, booking, now), session)
        if administrator is not None:
            await log.note(database, session, administrator.act)

    return await all_or_nothing(database, work, now=now, turn=booking.expert_id, once_by={A_TIME})


def _change_to(slot: Slot, booking: Booking, now: datetime) -> BookingChange:
    stays = slot.expert_id == booking.expert_id
    event = BookingEvent.RESCHEDULED if stays else BookingEvent.HANDED_OVER
    return change_of(booking, event, slot=slot, now=now)


async def _recount(
    database: Database,
    booking: Booking,
    slot: Slot,
    *,
    taking: datetime | None,
    now: datetime,
    session: AsyncIOMotorClientSession,
) -> None:
    """Free the slot that the booking had, and count the sessions around both slots."""
    limits = await fullness.limits_within(database, slot.expert_id, session)
    if booking.status is BookingStatus.CONFIRMED:
        await offers.free(
            database,
            its_slot(booking),
            booked_by=booking.visitor_id,
            limits=limits if slot.expert_id == booking.expert_id else None,
            now=now,
            session=session,
        )
    await fullness.recount(
        database,
        slot.expert_id,
        [slot.starts_at],
        taking=taking,
        limits=limits,
        now=now,
        session=session,
    )


def _as_held(slot: Slot) -> SlotState:
    """Return how a slot is held by now that was free or held when it was read."""
    return slot.state if slot.state is SlotState.OFFERED else SlotState.HELD


def _rescheduled_to(
    booking: Booking, slot: Slot, agreed: Agreed, by: ByAdministrator | None, now: datetime
) -> Document:
    """Return the update of a booking that gets a slot, and perhaps its expert.

    What the former expert noted is for nobody else, and goes.
    """
    step = Change(
        step=Step.RESCHEDULED,
        at=now,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        by=Party.ADMINISTRATOR if by else None,
    )
    of_former: Document = {}
    if slot.expert_id != booking.expert_id:
        step.former_id = booking.expert_id
        step.former_name, step.stand_in_name = booking.agreed.name, agreed.name
        of_former = {"note": "", "attendance": None}
    return changed(
        step,
        slot_id=slot.id,
        expert_id=slot.expert_id,
        agreed=agreed.model_dump_doc(),
        status=BookingStatus.CONFIRMED.value,
        cancelled_by=None,
        cancel_message="",
        move_message=by.message if by else "",
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        **of_former,
    )
