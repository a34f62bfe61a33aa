"""The outbox: mail that waits to be sent, leased by one sender at a time."""

from datetime import datetime, timedelta

from odmantic.query import desc
from pymongo.errors import DuplicateKeyError

from domain.store.database import Database
from domain.store.documents import Mail, MailState


async def put(database: Database, mail: Mail) -> None:
    """Put a mail into the outbox; one with the same key is there already and stays alone."""
    try:
        await database.collection(Mail).insert_one(mail.model_dump_doc())
    except DuplicateKeyError:
        return


async def newest(database: Database, *, limit: int) -> list[Mail]:
    """Return the latest mails, the newest first."""
    return await database.engine.find(Mail, sort=desc(Mail.created_at), limit=limit)


async def lease(database: Database, *, now: datetime, lease_for: timedelta) -> Mail | None:
    """Take the next mail that is due; nobody else gets it before the lease ends."""
    due = {"state": MailState.WAITING.value, "due_at": {"$lte": now}}
    mail = await database.engine.find_one(Mail, due, sort=Mail.due_at)
    if mail is None:
        return None
    result = await database.collection(Mail).update_one(
        {"_id": mail.id, "attempts": mail.attempts, **due},
        {"$set": {"due_at": now + lease_for}, "$inc": {"attempts": 1}},
    )
    if result.modified_count != 1:
        return None
    return mail.model_copy(update={"attempts": mail.attempts + 1})


async def mark_sent(database: Database, mail: Mail, *, now: datetime) -> None:
    """Note that the server accepted a mail."""
    await database.collection(Mail).update_one(
        {"_id": mail.id, "state": MailState.WAITING.value},
        {"$set": {"state": MailState.SENT.value, "sent_at": now}},
    )


async def put_off(database: Database, mail: Mail, *, until: datetime) -> None:
    """Try a mail again later."""
    await database.collection(Mail).update_one(
        {"_id": mail.id, "state": MailState.WAITING.value}, {"$set": {"due_at": until}}
    )


async def give_up(database: Database, mail: Mail) -> None:
    """Stop trying."""
    await database.collection(Mail).update_one(
        {"_id": mail.id, "state": MailState.WAITING.value},
        {"$set": {"state": MailState.FAILED.value}},
    )
