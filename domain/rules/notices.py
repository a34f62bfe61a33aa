"""Notices: which mails each change of a booking makes, to whom, and when they are due."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Kind(StrEnum):
    """What a mail is about."""

    SIGN_IN = "sign_in"
    """Tells of no booking, as those of waitlist entries don't."""
    CONFIRMATION = "confirmation"
    CANCELLATION = "cancellation"
    RESCHEDULE = "reschedule"
    ABSENCE = "absence"
    """Says that the expert can't make it, and what is offered instead."""
    RESTORATION = "restoration"
    """Says that it takes place after all."""
    HANDOVER = "handover"
    """Tells an absent expert that the attendee meets a stand-in instead."""
    TAKEOVER = "takeover"
    """Tells the stand-in who comes."""
    REMINDER_DAY = "reminder_day"
    REMINDER_HOUR = "reminder_hour"
    PLACE_IN_LINE = "place_in_line"
    """About a waitlist entry, like the next one."""
    OFFER = "offer"
    PROOF = "proof"
    """Has a link that proves an address of which nothing may be known yet."""
    ADDRESS_CHANGE = "address_change"
    """Tells the address that an expert has of another one that was asked for."""
    AGENDA = "agenda"
    """Names an expert's sessions of a day, in the morning."""
    APPROVAL = "approval"
    """Tells an expert that people find them from now on."""


class Recipient(StrEnum):
    """Who reads a mail."""

    ATTENDEE = "attendee"
    EXPERT = "expert"


LANES: Sequence[Collection[Kind]] = (
    (Kind.OFFER,),
    (Kind.SIGN_IN, Kind.PROOF, Kind.ADDRESS_CHANGE),
    (
        *(Kind.CONFIRMATION, Kind.CANCELLATION, Kind.RESCHEDULE),
        *(Kind.ABSENCE, Kind.RESTORATION, Kind.HANDOVER, Kind.TAKEOVER),
        *(Kind.PLACE_IN_LINE, Kind.APPROVAL),
    ),
    (Kind.REMINDER_DAY, Kind.REMINDER_HOUR, Kind.AGENDA),
)
"""All kinds by urgency. An offer runs out while it waits, and who signs in waits at a screen."""

TURNS = (0, 1, 2, 0, 1, 3)
"""Which lane goes first by turns, so that no flood in one of them stops another."""

REMINDERS = {
    Kind.REMINDER_DAY: timedelta(hours=24),
    Kind.REMINDER_HOUR: timedelta(hours=1),
}
"""How long before a booking starts its reminders are due; the later one replaces the earlier."""


@dataclass(frozen=True)
class Notice:
    """One mail about one change of a booking to one reader."""

    booking: str
    """The booking's key, as text."""
    rev: int
    """The booking's revision that the notice tells of; a later one overtakes it."""
    kind: Kind
    audience: Recipient
    due_at: datetime

    @property
    def key(self) -> str:
        """What tells this notice from all others, however often the change is written."""
        return f"{self.booking}:{self.rev}:{self.kind}:{self.audience}"


def notices_of_booked(
    booking: str, rev: int, *, starts_at: datetime, now: datetime
) -> list[Notice]:
    """Return a confirmation for both, and the reminders that are still ahead."""
    told = _to_both(booking, rev, Kind.CONFIRMATION, now)
    return [*told, *_reminders(booking, rev, starts_at, now)]


def notices_of_cancelled(booking: str, rev: int, *, now: datetime) -> list[Notice]:
    """Return a cancellation for both. `rev` is the booking's once it is cancelled."""
    return list(_to_both(booking, rev, Kind.CANCELLATION, now))


def notices_of_rescheduled(
    booking: str, rev: int, *, starts_at: datetime, now: datetime
) -> list[Notice]:
    """Return what tells both of the new time, and its reminders that are still ahead.

    Args:
        booking: The booking's key, as text.
        rev: The booking's revision once it is rescheduled.
        starts_at: The new start.
        now: The present instant.
    """
    told = _to_both(booking, rev, Kind.RESCHEDULE, now)
    return [*told, *_reminders(booking, rev, starts_at, now)]


def notices_of_handed_over(
    booking: str, rev: int, *, starts_at: datetime, now: datetime
) -> list[Notice]:
    """Return what tells the attendee of the new time, and both experts whose session it is now.

    Arguments are those of `notices_of_rescheduled`. The reminders go to the stand-in.
    """
    return [
        Notice(booking, rev, Kind.RESCHEDULE, Recipient.ATTENDEE, now),
        Notice(booking, rev, Kind.TAKEOVER, Recipient.EXPERT, now),
        Notice(booking, rev, Kind.HANDOVER, Recipient.EXPERT, now),
        *_reminders(booking, rev, starts_at, now),
    ]


def notices_of_displaced(booking: str, rev: int, *, now: datetime) -> list[Notice]:
    """Return what asks the attendee. The expert knows, and hears of the answer."""
    return [Notice(booking, rev, Kind.ABSENCE, Recipient.ATTENDEE, now)]


def notices_of_restored(
    booking: str, rev: int, *, starts_at: datetime, now: datetime
) -> list[Notice]:
    """Return what tells the attendee that it takes place after all, and its reminders again."""
    told = Notice(booking, rev, Kind.RESTORATION, Recipient.ATTENDEE, now)
    return [told, *_reminders(booking, rev, starts_at, now)]


def _to_both(booking: str, rev: int, kind: Kind, due_at: datetime) -> Iterator[Notice]:
    for audience in Recipient:
        yield Notice(booking, rev, kind, audience, due_at)


def _reminders(booking: str, rev: int, starts_at: datetime, now: datetime) -> Iterator[Notice]:
    for kind, before in REMINDERS.items():
        if starts_at - before > now:
            yield from _to_both(booking, rev, kind, starts_at - before)


def by_turns(first: int) -> list[Collection[Kind]]:
    """Return the lanes by their urgency, but one of them in front."""
    return sorted(LANES, key=lambda kinds: kinds is not LANES[first])


def comes_too_late(kind: Kind, *, starts_at: datetime, ends_at: datetime, now: datetime) -> bool:
    """Say whether a mail about a booking that starts and ends then is of no use any more.

    A reminder is useful until the next one is due or the booking has begun, a cancellation always,
    and everything else until the booking is over.
    """
    match kind:
        case Kind.REMINDER_DAY:
            return starts_at - REMINDERS[Kind.REMINDER_HOUR] <= now
        case Kind.REMINDER_HOUR:
            return starts_at <= now
        case Kind.CANCELLATION:
            return False
        case _:
            return ends_at <= now
