"""What is kept of a booking form whose address has to be confirmed first."""

from collections.abc import Iterable
from datetime import datetime

from odmantic import Field, Model, ObjectId
from odmantic.config import ODMConfigDict
from pymongo import ASCENDING, IndexModel

from domain.store.documents.agreements import Consent
from domain.store.documents.bookings import Attendee


def _request_indexes() -> Iterable[IndexModel]:
    yield IndexModel([("key", ASCENDING)], unique=True, name="key")
    yield IndexModel([("request_key", ASCENDING)], unique=True, name="request_key")
    yield IndexModel([("address", ASCENDING)], name="address")
    yield IndexModel([("kept_until", ASCENDING)], name="gone_when_over", expireAfterSeconds=0)


class BookingRequest(Model):
    """A booking form, as it was sent, until the link that was mailed to its address is followed.

    Personal: never in logs, never on the event stream.
    """

    model_config = ODMConfigDict(collection="booking_requests", indexes=_request_indexes)

    key: str
    """Random; the mailed link carries it, signed."""
    request_key: str
    """The form's own, by which the booking is found that it becomes."""
    visitor_id: str
    """The browser that sent the form, and holds the slot."""
    slot_id: ObjectId
    expert_id: ObjectId
    attendee: Attendee
    address: str
    """The attendee's e-mail in lower case, which the link proves."""
    quote: str
    """The price and terms that the form showed, or nothing."""
    overlap: bool
    """Whether other bookings at that time may stand beside it."""
    consents: list[Consent] = Field(default=[])
    """What its attendee agreed to; a later change of these texts asks nobody."""
    held_until: datetime
    """How long the slot is held for it."""
    used_by: str = ""
    """The browser that followed the link, and may do so again."""
    created_at: datetime
    kept_until: datetime
