"""The mails of a booking: what its attendee or expert was sent, and sending one once more."""

from datetime import datetime

from domain import asking
from domain.acts import on_booking
from domain.rules.errors import Code, Refusal
from domain.rules.log import Action, Actor, FieldChange
from domain.rules.notices import Kind, Notice, Recipient, comes_too_late
from domain.store.core.database import Database, Key
from domain.store.documents import Booking
from domain.store.documents.mails import Mail, MailState
from domain.store.mail import outbox

_SETTLED = frozenset({MailState.SENT, MailState.FAILED, MailState.UNSURE, MailState.KEPT})
_UNDER_WAY = frozenset({MailState.WAITING, MailState.SENDING})


async def mails_of(database: Database, booking: Booking, audience: Recipient) -> list[Mail]:
    """Return the mails to a booking's attendee or expert, those due first in front.

    What was overtaken before it was sent is left out.
    """
    found = await _mails_to(database, booking, audience)
    return sorted(
        (mail for mail in found if mail.state is not MailState.OVERTAKEN),
        key=lambda mail: (mail.settled_at or mail.due_at, mail.created_at),
    )


async def _mails_to(database: Database, booking: Booking, audience: Recipient) -> list[Mail]:
    """Return the mails to who the attendee or the expert is now, not to a former expert."""
    handovers = [rev for rev, step in enumerate(booking.history, 1) if step.former_id]
    first = handovers[-1] if handovers and audience is Recipient.EXPERT else 0
    return [
        mail
        for mail in await outbox.of_booking(database, booking.id)
        if mail.audience is audience
        and mail.booking_rev >= first
        and mail.kind is not Kind.HANDOVER
    ]


def may_be_resent(mail: Mail, booking: Booking, now: datetime) -> bool:
    """Say whether it makes sense to send a mail again: it was sent, or not, and is still true."""
    is_true = mail.booking_rev == booking.rev
    is_ahead = mail.kind is Kind.CANCELLATION or now < booking.starts_at
    is_late = comes_too_late(
        mail.kind, starts_at=booking.starts_at, ends_at=booking.ends_at, now=now
    )
    return mail.state in _SETTLED and is_true and is_ahead and not is_late


async def resend(
    database: Database,
    booking: Booking,
    audience: Recipient,
    mail_id: Key,
    *,
    by: Actor | None = None,
    now: datetime,
) -> None:
    """Send a mail of a booking to its attendee or expert once more.

    Asking twice at once is asking once.

    Args:
        database: Where mails are kept.
        booking: What it is about.
        audience: Whom it tells.
        mail_id: Which mail.
        by: Who asks for it; None for an attendee, whose acts are not logged.
        now: The present instant.

    Raises:
        Refusal: MAIL_UNKNOWN, when they have no such mail; MAIL_OUTDATED, when it is no longer true
            or not sent yet; TOO_MANY_RESENDS; BUSY.
    """
    theirs = await _mails_to(database, booking, audience)
    mail = next((mail for mail in theirs if mail.id == mail_id), None)
    if mail is None:
        raise Refusal(Code.MAIL_UNKNOWN)
    if not may_be_resent(mail, booking, now):
        raise Refusal(Code.MAIL_OUTDATED)
    same = [m for m in theirs if (m.kind, m.booking_rev) == (mail.kind, mail.booking_rev)]
    if any(m.again and m.state in _UNDER_WAY for m in same):
        return
    await asking.count_resend(database, booking.id, audience, now=now)
    again = _once_more(mail, booking, len(same), now)
    if by is None:
        await outbox.put(database, again)
        return
    changes = [FieldChange("mail", after=mail.kind.value)]
    act = on_booking(by, Action.MAIL_RESENT, booking.id, now, changes)
    await outbox.put_and_log(database, again, act)


def _once_more(mail: Mail, booking: Booking, number: int, now: datetime) -> Mail:
    """Return a new mail that says the same; of two made at once the outbox keeps one."""
    notice = Notice(str(booking.id), mail.booking_rev, mail.kind, mail.audience, now)
    return Mail(
        id=Key(),
        key=f"{notice.key}:again:{number}",
        kind=mail.kind,
        audience=mail.audience,
        booking_id=booking.id,
        booking_rev=mail.booking_rev,
        again=number,
        created_at=now,
        due_at=now,
        kept_until=mail.kept_until,
    )
