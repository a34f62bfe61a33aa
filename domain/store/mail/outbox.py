"""The outbox: mail is put into it by the change that it tells of, and can be looked up."""

from datetime import datetime, timedelta

from motor.motor_asyncio import AsyncIOMotorClientSession
from odmantic import ObjectId
from odmantic.query import desc
from pymongo.errors import DuplicateKeyError

from domain.rules.booking_events import BookingChange, BookingEvent
from domain.rules.log import NewEntry
from domain.rules.notices import Kind, Notice, Recipient, notices_of
from domain.store.core.database import Database, Key
from domain.store.core.transactions import all_or_nothing
from domain.store.documents.booking_requests import BookingRequest
from domain.store.documents.mails import Mail, MailState
from domain.store.documents.waitlist import WaitlistEntry
from domain.store.log import writing as log

_KEPT_AFTER = timedelta(days=30)
"""How long a mail stays to be looked up once nothing more will become of it."""


async def tell(
    database: Database, change: BookingChange, session: AsyncIOMotorClientSession
) -> None:
    """Put the notices of a booking's change into the outbox; what still waits of it is overtaken.

    Only what tells a former expert of a handover is not: they hear nothing more of the booking.

    Args:
        database: Where the outbox is.
        change: What became of a booking.
        session: The transaction that changes the booking: both are written, or neither.
    """
    outbox, now, booking_id = database.collection(Mail), change.at, ObjectId(change.booking)
    if change.event is not BookingEvent.BOOKED:  # of a new booking nothing waits yet
        waiting = {
            "booking_id": booking_id,
            "state": MailState.WAITING.value,
            "kind": {"$ne": Kind.HANDOVER.value},
        }
        overtaken = {"state": MailState.OVERTAKEN.value, "settled_at": now}
        await outbox.update_many(waiting, {"$set": overtaken}, session=session)
    until = max(change.ends_at, now)
    mails = [_mail_of(notice, booking_id, until, now) for notice in notices_of(change)]
    await outbox.insert_many([mail.model_dump_doc() for mail in mails], session=session)


async def tell_of_entry(
    database: Database,
    entry: WaitlistEntry,
    kind: Kind,
    *,
    now: datetime,
    session: AsyncIOMotorClientSession,
) -> None:
    """Put a mail about a waitlist entry into the outbox, in the transaction of what it tells."""
    mail = _mail_of_entry(entry, kind, now)
    await database.collection(Mail).insert_one(mail.model_dump_doc(), session=session)


async def tell_of_request(
    database: Database,
    request: BookingRequest,
    *,
    now: datetime,
    session: AsyncIOMotorClientSession,
) -> None:
    """Put the mail into the outbox that asks to confirm a booking; it goes with its request."""
    mail = Mail(
        id=Key(),
        key=key_of_request(request),
        kind=Kind.BOOKING_LINK,
        request_id=request.id,
        created_at=now,
        due_at=now,
        kept_until=request.kept_until,
    )
    await database.collection(Mail).insert_one(mail.model_dump_doc(), session=session)


def key_of_request(request: BookingRequest) -> str:
    """Return the key of the mail that asks to confirm a booking."""
    return f"{request.id}:{Kind.BOOKING_LINK}"


def _mail_of_entry(entry: WaitlistEntry, kind: Kind, now: datetime) -> Mail:
    return Mail(
        id=Key(),
        key=f"{entry.id}:{kind}",
        kind=kind,
        wait_id=entry.id,
        created_at=now,
        due_at=now,
        kept_until=entry.ends_at + _KEPT_AFTER,
    )


def _mail_of(notice: Notice, booking_id: ObjectId, until: datetime, now: datetime) -> Mail:
    return Mail(
        id=Key(),
        key=notice.key,
        kind=notice.kind,
        audience=notice.audience,
        booking_id=booking_id,
        booking_rev=notice.rev,
        created_at=now,
        due_at=notice.due_at,
        kept_until=until + _KEPT_AFTER,
    )


def mail_to_expert(
    expert_id: ObjectId, kind: Kind, key: str, now: datetime, *, to: str = ""
) -> Mail:
    """Return a mail that tells an expert of their own day or page.

    Its letter is written when it is sent, to the address that the expert has then unless it is to
    go elsewhere.
    """
    return Mail(
        id=Key(),
        key=key,
        kind=kind,
        audience=Recipient.EXPERT,
        expert_id=expert_id,
        to=to,
        created_at=now,
        due_at=now,
        kept_until=kept_until(now),
    )


async def put(database: Database, mail: Mail) -> bool:
    """Put one mail into the outbox; False when one with the same key is there already."""
    try:
        await database.writing(Mail).insert_one(mail.model_dump_doc())
    except DuplicateKeyError:
        return False
    return True


async def put_and_log(database: Database, mail: Mail, act: NewEntry) -> None:
    """Put one mail into the outbox and log who asked for it, unless one of its key is there.

    Raises:
        Refusal: BUSY.
    """

    async def work(session: AsyncIOMotorClientSession) -> None:
        await database.collection(Mail).insert_one(mail.model_dump_doc(), session=session)
        await log.note(database, session, act)

    await all_or_nothing(database, work, now=act.at, once_by={("key",)})


def kept_until(now: datetime) -> datetime:
    """Return when a mail goes that is written now and tells of no booking."""
    return now + _KEPT_AFTER


async def find(database: Database, mail_id: Key) -> Mail | None:
    """Return one mail by key."""
    return await database.engine.find_one(Mail, {"_id": mail_id})


async def of_booking(database: Database, booking_id: Key) -> list[Mail]:
    """Return a booking's mails, in the order in which they were written."""
    return await database.engine.find(Mail, {"booking_id": booking_id}, sort=Mail.created_at)


async def kept(database: Database, *, limit: int) -> list[Mail]:
    """Return the latest of the mails that were kept instead of sent, the newest first."""
    query = {"state": MailState.KEPT.value}
    return await database.engine.find(Mail, query, sort=desc(Mail.due_at), limit=limit)
