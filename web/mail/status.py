"""What became of a booking's mails, in words for its page and for the desk."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.booking.mails import may_be_resent
from domain.rules.notices import Kind
from domain.store.documents import Booking, Expert
from domain.store.documents.mails import Mail, MailState
from web.i18n.languages import marked as _

_SOON = timedelta(minutes=2)
"""A mail that is due within this time is worth waiting for on the page."""

KINDS: Mapping[Kind, str] = {
    Kind.CONFIRMATION: _("Confirmation"),
    Kind.CANCELLATION: _("Cancellation"),
    Kind.RESCHEDULE: _("New time"),
    Kind.ABSENCE: _("The expert can't make it"),
    Kind.RESTORATION: _("It takes place after all"),
    Kind.TAKEOVER: _("You stand in"),
    Kind.REMINDER_DAY: _("Reminder, a day ahead"),
    Kind.REMINDER_HOUR: _("Reminder, an hour ahead"),
}

STATES: Mapping[MailState, str] = {
    MailState.WAITING: _("Not sent yet, next try:"),
    MailState.SENDING: _("Being sent"),
    MailState.SENT: _("Accepted by the mail server"),
    MailState.FAILED: _("Not sent: the mail server refused it, or could not be reached"),
    MailState.UNSURE: _("May have been sent: the mail server's answer got lost"),
    MailState.KEPT: _("Kept in this server's outbox"),
}

_PLANNED = _("Will be sent")


@dataclass(frozen=True)
class MailStatus:
    """One mail as the page shows it."""

    id: str
    kind: str
    state: str
    words: str
    at: datetime | None
    """When its state came about, or when it will be sent; None while it is being sent."""
    may_be_resent: bool


@dataclass(frozen=True)
class MailStatuses:
    """The mails of a booking to one reader."""

    to: str
    """Where the reader's mail goes."""
    path: str
    """Where the list is fetched anew; below it, a mail is sent again."""
    mails: Sequence[MailStatus]
    under_way: bool
    """Whether something is about to change."""


def to_attendee(mails: Sequence[Mail], booking: Booking, now: datetime) -> MailStatuses:
    """Return what is shown of the mails to a booking's attendee."""
    path = f"/bookings/{booking.reference}/mails"
    return _statuses(mails, booking, now, to=booking.attendee.email, path=path)


def to_expert(
    mails: Sequence[Mail], booking: Booking, expert: Expert, now: datetime
) -> MailStatuses:
    """Return what the desk shows of the mails to a booking's expert."""
    path = f"/desk/bookings/{booking.reference}/mails"
    return _statuses(mails, booking, now, to=expert.email, path=path)


def _statuses(
    mails: Sequence[Mail], booking: Booking, now: datetime, *, to: str, path: str
) -> MailStatuses:
    return MailStatuses(
        to=to,
        path=path,
        mails=[_status(mail, booking, now) for mail in mails],
        under_way=any(_changes_soon(mail, now) for mail in mails),
    )


def _changes_soon(mail: Mail, now: datetime) -> bool:
    due = mail.state is MailState.WAITING and mail.due_at < now + _SOON
    return due or mail.state is MailState.SENDING


def _status(mail: Mail, booking: Booking, now: datetime) -> MailStatus:
    planned = mail.state is MailState.WAITING and not mail.attempts
    return MailStatus(
        id=str(mail.id),
        kind=KINDS[mail.kind],
        state=mail.state.value,
        words=_PLANNED if planned else STATES[mail.state],
        at=None if mail.state is MailState.SENDING else mail.settled_at or mail.due_at,
        may_be_resent=may_be_resent(mail, booking, now),
    )
