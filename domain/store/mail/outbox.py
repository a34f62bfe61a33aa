"""The outbox: mail that waits to be sent, handed over by one sender at a time.

A mail goes from waiting to sending by the one write that allows its sender to begin, and from
there to what the mail server answered. A sender that is killed in between leaves it sending.
"""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta

from motor.motor_asyncio import AsyncIOMotorClientSession
from odmantic import ObjectId
from odmantic.query import desc
from pymongo.errors import DuplicateKeyError

from domain.rules.notices import Kind, Notice, Recipient, by_turns
from domain.store.core.database import Database, Document, Key
from domain.store.documents.mails import LETTER, Mail, MailState
from domain.store.documents.waits import WaitlistEntry

_KEPT_AFTER = timedelta(days=30)
"""How long a mail stays to be looked up once nothing more will become of it."""

_CANDIDATES = 8
"""How many due mails a sender draws from, so that several seldom reach for the same one."""

_OPEN = {"$in": [MailState.WAITING.value, MailState.SENDING.value, MailState.UNSURE.value]}
"""States in which a sender may still learn what became of its mail."""

_NO_LETTER = dict.fromkeys(LETTER, "")


async def tell(
    database: Database,
    booking_id: ObjectId,
    notices: Sequence[Notice],
    *,
    until: datetime,
    now: datetime,
    session: AsyncIOMotorClientSession,
) -> None:
    """Put a booking's notices into the outbox; what still waits there of the booking is overtaken.

    Only what tells a former expert of a handover is not: they hear nothing more of the booking.

    Args:
        database: Where the outbox is.
        booking_id: Whose notices they are.
        notices: Those of one change.
        until: When the booking ends.
        now: The present instant.
        session: The transaction that changes the booking: both are written, or neither.
    """
    outbox = database.collection(Mail)
    if any(notice.rev > 1 for notice in notices):  # of a new booking nothing waits yet
        waiting = {
            "booking_id": booking_id,
            "state": MailState.WAITING.value,
            "kind": {"$ne": Kind.HANDOVER.value},
        }
        await outbox.update_many(waiting, _settled(MailState.OVERTAKEN, now), session=session)
    mails = [_mail_of(notice, booking_id, max(until, now), now) for notice in notices]
    await outbox.insert_many([mail.model_dump_doc() for mail in mails], session=session)


async def tell_of_wait(
    database: Database,
    wait: WaitlistEntry,
    kind: Kind,
    *,
    now: datetime,
    session: AsyncIOMotorClientSession,
) -> None:
    """Put a mail about a place in line into the outbox, in the transaction of what it tells."""
    mail = _mail_of_wait(wait, kind, now)
    await database.collection(Mail).insert_one(mail.model_dump_doc(), session=session)


def _mail_of_wait(wait: WaitlistEntry, kind: Kind, now: datetime) -> Mail:
    return Mail(
        id=Key(),
        key=f"{wait.id}:{kind}",
        kind=kind,
        wait_id=wait.id,
        created_at=now,
        due_at=now,
        kept_until=wait.ends_at + _KEPT_AFTER,
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


def mail_to_expert(expert_id: ObjectId, kind: Kind, key: str, now: datetime) -> Mail:
    """Return a mail that tells an expert of their own day or page.

    Its letter is written when it is sent.
    """
    return Mail(
        id=Key(),
        key=key,
        kind=kind,
        audience=Recipient.EXPERT,
        expert_id=expert_id,
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


async def lease(
    database: Database, *, now: datetime, lease_for: timedelta, first: int = 0
) -> Mail | None:
    """Take one of the mails that are due; nobody else gets it before the lease ends.

    Args:
        database: Where the outbox is.
        now: The present instant.
        lease_for: How long nobody else gets it.
        first: The lane to serve first; the others follow by their urgency.

    Returns:
        None when none is due, or others were quicker each time.
    """
    due = {"state": MailState.WAITING.value, "due_at": {"$lte": now}}
    for mail in await _candidates(database, due, first):
        leased = {"attempts": mail.attempts + 1, "due_at": now + lease_for}
        guard = {"_id": mail.id, "attempts": mail.attempts, **due}
        result = await database.writing(Mail).update_one(guard, {"$set": leased})
        if result.modified_count == 1:
            return mail.model_copy(update=leased)
    return None


async def _candidates(database: Database, due: Document, first: int) -> list[Mail]:
    """Return some of the mails that are due, those to send first in front, else in any order."""
    find, of_lane = database.engine.find, by_turns(first)
    found = await find(Mail, due, sort=Mail.due_at, limit=_CANDIDATES)
    if len(found) == _CANDIDATES:  # more may wait, and more urgent ones among them
        for kinds in of_lane:
            query = {**due, "kind": {"$in": [kind.value for kind in kinds]}}
            if found := await find(Mail, query, sort=Mail.due_at, limit=_CANDIDATES):
                break
    shuffled = random.sample(found, len(found))
    return [mail for kinds in of_lane for mail in shuffled if mail.kind in kinds]


async def begin(database: Database, mail: Mail, *, now: datetime, lease_for: timedelta) -> bool:
    """Note that a leased mail is handed over from now on.

    One whose answer never came may still be carried out, much later: not once the mail has been
    put off, which ends the lease that the write names.

    Returns:
        False when it may not be: it was overtaken, put off, or leased by somebody else.
    """
    sending = {"state": MailState.SENDING.value, "due_at": now + lease_for}
    lease_of_it = {"attempts": mail.attempts, "due_at": mail.due_at}
    guard = {"_id": mail.id, "state": MailState.WAITING.value, **lease_of_it}
    result = await database.writing(Mail).update_one(guard, {"$set": sending})
    return result.modified_count == 1


async def settle(database: Database, mail: Mail, state: MailState, *, now: datetime) -> None:
    """Note what became of a leased mail for good, and forget what it said and to whom."""
    await _note(database, mail, _settled(state, now, **_NO_LETTER))


async def keep(database: Database, mail: Mail, *, now: datetime) -> None:
    """Keep a leased mail with its letter, for there is no server to send it by."""
    letter = mail.model_dump(include={*LETTER})
    await _note(database, mail, _settled(MailState.KEPT, now, due_at=now, **letter))


async def put_off(
    database: Database, mail: Mail, *, until: datetime, was_refused: bool = False
) -> None:
    """Try a leased mail again later: it was certainly not sent.

    Its letter is written back as it was leased: it may have been given up as unsure meanwhile.
    """
    again = {"state": MailState.WAITING.value, "due_at": until, "settled_at": None}
    again |= {"refusals": mail.refusals + was_refused}
    letter = mail.model_dump(include={*LETTER})
    await _note(database, mail, {"$set": {**letter, **again}})


async def note_unsure(database: Database, *, now: datetime) -> int:
    """Give up every mail whose sender never said what became of it; return how many.

    What these said is forgotten, too.
    """
    silent = {"state": MailState.SENDING.value, "due_at": {"$lte": now}}
    given_up = _settled(MailState.UNSURE, now, **_NO_LETTER)
    result = await database.writing(Mail).update_many(silent, given_up)
    return result.modified_count


def _settled(state: MailState, now: datetime, **fields: object) -> Document:
    return {"$set": {"state": state.value, "settled_at": now, **fields}}


async def _note(database: Database, mail: Mail, update: Document) -> None:
    """Write what a sender learned of the mail that it leased, unless somebody leased it since."""
    guard = {"_id": mail.id, "attempts": mail.attempts, "state": _OPEN}
    await database.writing(Mail).update_one(guard, update)
