"""What a booking's agreed terms still allow: cancelling it, and rescheduling it."""

from datetime import datetime
from itertools import pairwise

from domain.rules import terms as term_rules
from domain.rules.errors import Code
from domain.store.documents import Booking, BookingStatus, Change, Party, Step

_ASKED_TO_RESCHEDULE = (Step.DISPLACED, Step.CANCELLED)
"""Steps after which a reschedule counts for nothing, since the expert's absence asked for it. After
a cancellation only the times offered in its place can be taken."""


def is_bound(booking: Booking) -> bool:
    """Say whether a booking was rescheduled too late to cancel it, which stays so for good.

    A reschedule that others asked for doesn't count.
    """
    terms = booking.agreed.terms
    return any(
        _is_own_reschedule(before, change)
        and change.at >= term_rules.cancel_until(terms, before.starts_at)
        for before, change in pairwise(booking.history)
    )


def _is_own_reschedule(before: Change, change: Change) -> bool:
    """Say whether a step is a reschedule that neither an absence nor an administrator asked for."""
    is_asked = before.step in _ASKED_TO_RESCHEDULE or change.by is Party.ADMINISTRATOR
    return change.step is Step.RESCHEDULED and not is_asked


def why_not_cancel(booking: Booking, now: datetime) -> Code | None:
    """Return why a booking cannot be cancelled.

    Returns:
        None if it can; BOOKING_PAST, once it has begun; TOO_LATE_TO_CANCEL, by the agreed terms,
        which don't hold while its expert is absent. Rescheduling never makes it possible again.
    """
    if now >= booking.starts_at:
        return Code.BOOKING_PAST
    if booking.is_displaced:
        return None
    if is_bound(booking) or now >= term_rules.cancel_until(booking.agreed.terms, booking.starts_at):
        return Code.TOO_LATE_TO_CANCEL
    return None


def reschedules_made(booking: Booking) -> int:
    """Count how often its attendee rescheduled a booking, except because its expert was absent."""
    return sum(_is_own_reschedule(before, change) for before, change in pairwise(booking.history))


def reschedules_left(booking: Booking) -> int | None:
    """Count how often a booking can still be rescheduled; None for any number of times."""
    return term_rules.reschedules_left(booking.agreed.terms, reschedules_made(booking))


def why_not_reschedule(booking: Booking, now: datetime, by: Party = Party.ATTENDEE) -> Code | None:
    """Return why a booking cannot be rescheduled.

    Returns:
        None if it can; BOOKING_CANCELLED; BOOKING_PAST; TOO_LATE_TO_RESCHEDULE or
        NO_RESCHEDULES_LEFT, by the agreed terms, which hold for its attendee alone, and not while
        its expert is absent.
    """
    if booking.status is BookingStatus.CANCELLED:
        return Code.BOOKING_CANCELLED
    if now >= booking.starts_at:
        return Code.BOOKING_PAST
    if booking.is_displaced or by is not Party.ATTENDEE:
        return None
    if now >= term_rules.reschedule_until(booking.agreed.terms, booking.starts_at):
        return Code.TOO_LATE_TO_RESCHEDULE
    if reschedules_left(booking) == 0:
        return Code.NO_RESCHEDULES_LEFT
    return None
