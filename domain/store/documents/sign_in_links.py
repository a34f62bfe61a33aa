"""What is kept of a request to prove an address."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from odmantic import Model, ObjectId
from odmantic.config import ODMConfigDict
from pymongo import ASCENDING, IndexModel


def _sign_in_link_indexes() -> Iterable[IndexModel]:
    yield IndexModel([("key", ASCENDING)], unique=True, name="key")
    yield IndexModel([("address", ASCENDING), ("created_at", ASCENDING)], name="address_created")
    yield IndexModel([("expires_at", ASCENDING)], name="gone_when_expired", expireAfterSeconds=5400)


class LinkPurpose(StrEnum):
    """What comes of an address that a link has proven, beside signing in."""

    SIGN_IN = "sign_in"
    """Nothing."""
    APPLICATION = "application"
    """The application of the link's expert counts."""
    INVITATION = "invitation"
    """The link's expert comes to their desk for the first time."""
    ADDRESS = "address"
    """It becomes the address of the link's expert."""


class SignInLink(Model):
    """A request to prove an address. Spent by one conditional write."""

    model_config = ODMConfigDict(collection="sign_in_links", indexes=_sign_in_link_indexes)

    key: str
    """Random; the mailed link carries it, signed."""
    address: str
    purpose: LinkPurpose = LinkPurpose.SIGN_IN
    expert_id: ObjectId | None = None
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = None
    used_by: str = ""
    """The browser that used it, whose form may arrive again."""
