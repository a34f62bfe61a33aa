"""Mail as it is kept: one document for each mail to one reader."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from odmantic import Model, ObjectId
from odmantic.config import ODMConfigDict
from pymongo import ASCENDING, IndexModel

from domain.rules.notices import Kind, Recipient


class MailState(StrEnum):
    """What became of a mail."""

    WAITING = "waiting"
    SENDING = "sending"
    """It is being handed to the mail server: from here on it may have been sent."""
    SENT = "sent"
    """The mail server has accepted it."""
    FAILED = "failed"
    """The mail server refused it for good, or for too long."""
    UNSURE = "unsure"
    """Its sender never learned the answer. It is not sent again by itself."""
    KEPT = "kept"
    """There is no server to send it by: it can be read in the outbox and goes nowhere."""
    OVERTAKEN = "overtaken"
    """What it would have told is no longer so."""


def _mail_indexes() -> Iterable[IndexModel]:
    yield IndexModel([("key", ASCENDING)], unique=True, name="key")
    yield IndexModel([("state", ASCENDING), ("due_at", ASCENDING)], name="state_due")
    yield IndexModel(
        [("state", ASCENDING), ("kind", ASCENDING), ("due_at", ASCENDING)], name="state_kind_due"
    )
    yield IndexModel([("booking_id", ASCENDING), ("created_at", ASCENDING)], name="booking_created")
    yield IndexModel([("to", ASCENDING)], name="to")
    yield IndexModel([("wait_id", ASCENDING)], name="wait")
    yield IndexModel([("expert_id", ASCENDING), ("kind", ASCENDING)], name="expert_kind")
    yield IndexModel([("kept_until", ASCENDING)], name="gone_when_over", expireAfterSeconds=0)


LETTER = ("to", "subject", "text", "html", "calendar")
"""The fields that hold what is written, and to whom."""


class Mail(Model):
    """One mail to one reader. A notice's letter is written when it is sent, not before."""

    model_config = ODMConfigDict(collection="outbox", indexes=_mail_indexes)

    key: str
    """Names the event that the mail is about, so that each is mailed once."""
    kind: Kind
    audience: Recipient = Recipient.ATTENDEE
    booking_id: ObjectId | None = None
    wait_id: ObjectId | None = None
    """The waitlist entry that it tells of, if so."""
    expert_id: ObjectId | None = None
    """The expert, if it tells one of their own day or page."""
    request_id: ObjectId | None = None
    """The booking request that it asks to confirm, if so."""
    booking_rev: int = 0
    """The booking's revision that it is about; 0 if there is no booking."""
    again: int = 0
    """0 for the program's own mail, 1 and up for those that somebody asked to have once more."""
    to: str = ""
    subject: str = ""
    text: str = ""
    html: str = ""
    calendar: str = ""
    """An iCalendar part, or nothing. These five hold a letter that was kept instead of sent, and a
    sign-in link's until nothing more becomes of it; otherwise they are empty: a letter is written
    as it is handed over, and what somebody was sent is theirs, not ours to keep."""
    state: MailState = MailState.WAITING
    attempts: int = 0
    """How often it was leased, by which a sender notices that it lost the lease."""
    refusals: int = 0
    """How often the mail server would not have it, while it took others."""
    created_at: datetime
    due_at: datetime
    """When to send it, or until when somebody has leased it."""
    settled_at: datetime | None = None
    """When its state became one that lasts."""
    kept_until: datetime
    """When the document goes."""
