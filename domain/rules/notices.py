"""Notices: which mails each change of a booking makes, to whom, and when they are due."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from domain.rules.booking_events import BookingChange, BookingEvent


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
    WAITLIST_ENTRY = "place_in_line"  # as it has been stored since the first release
    """About a waitlist entry, like the next one."""
    OFFER = "offer"
    BOOKING_LINK = "booking_link"
    """Asks to confirm a booking by a link, which proves its address."""
    PROOF = "proof"
    """Has a link that proves an address of which nothing may be known yet."""
    ADDRESS_CHANGE = "address_change"
    """Tells the address that an expert has of another one that was asked for; or that one and
    the address before it, after an import."""
    AGENDA = "agenda"
    """Names an expert's sessions until the next morning."""
    INVITATION = "invitation"
    """Has a link to a desk, for somebody whom an administrator wants as an expert."""
    APPROVAL = "approval"
    """Tells an expert that people find them from now on."""


class Recipient(StrEnum):
    """Who reads a mail."""

    ATTENDEE = "attendee"
    EXPERT = "expert"


def _to_both(kind: Kind) -> Sequence[tuple[Kind, Recipient]]:
    return [(kind, audience) for audience in Recipient]


LANES: Sequence[Collection[Kind]] = (
    (Kind.OFFER,),
    (Kind.SIGN_IN, Kind.BOOKING_LINK, Kind.PROOF, Kind.ADDRESS_CHANGE),
    (
        *(Kind.CONFIRMATION, Kind.CANCELLATION, Kind.RESCHEDULE),
        *(Kind.ABSENCE, Kind.RESTORATION, Kind.HANDOVER, Kind.TAKEOVER),
        *(Kind.WAITLIST_ENTRY, Kind.INVITATION, Kind.APPROVAL),
    ),
    (Kind.REMINDER_DAY, Kind.REMINDER_HOUR, Kind.AGENDA),
)
"""All kinds by urgency. An offer runs out while it waits, and a link is waited for at a screen."""

TURNS = (0, 1, 2, 0, 1, 3)
"""Which lane goes first by turns, so that no flood in one of them stops another."""

REMINDERS = {
    Kind.REMINDER_DAY: timedelta(hours=24),
    Kind.REMINDER_HOUR: timedelta(hours=1),
}
"""How long before a booking starts its reminders are due; the later one replaces the earlier."""


_TOLD: Mapping[BookingEvent, Sequence[tuple[Kind, Recipient]]] = {
    BookingEvent.BOOKED: _to_both(Kind.CONFIRMATION),
    BookingEvent.CANCELLED: _to_both(Kind.CANCELLATION),
    BookingEvent.RESCHEDULED: _to_both(Kind.RESCHEDULE),
    BookingEvent.HANDED_OVER: (
        (Kind.RESCHEDULE, Recipient.ATTENDEE),
        (Kind.TAKEOVER, Recipient.EXPERT),
        (Kind.HANDOVER, Recipient.EXPERT),
    ),
    BookingEvent.DISPLACED: ((Kind.ABSENCE, Recipient.ATTENDEE),),
    BookingEvent.RESTORED: ((Kind.RESTORATION, Recipient.ATTENDEE),),
}
"""Who hears of what, at once. An absent expert knows, and hears of the answer; after a handover the
expert who stands in is the one to be reminded."""

_OFF = (BookingEvent.CANCELLED, BookingEvent.DISPLACED)
"""After these there is nothing to be reminded of."""


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


def notices_of(change: BookingChange) -> list[Notice]:
    """Return the mails that a change of a booking makes, and the reminders still ahead of it."""
    told = [
        Notice(change.booking, change.rev, kind, audience, change.at)
        for kind, audience in _TOLD[change.event]
    ]
    return told if change.event in _OFF else [*told, *_reminders(change)]


def _reminders(change: BookingChange) -> Iterator[Notice]:
    for kind, before in REMINDERS.items():
        due_at = change.starts_at - before
        if due_at > change.at:
            for audience in Recipient:
                yield Notice(change.booking, change.rev, kind, audience, due_at)


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
