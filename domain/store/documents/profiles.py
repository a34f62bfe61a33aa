"""What belongs to an expert's profile and stands beside it: its status, and its portrait."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from odmantic import Model, ObjectId
from odmantic.config import ODMConfigDict
from pymongo import ASCENDING, IndexModel


class ExpertStatus(StrEnum):
    """How far an expert has come."""

    DRAFT = "draft"
    """Has applied; the address is not proven yet."""
    INVITED = "invited"
    """Was invited by an administrator; the address is not proven yet."""
    PENDING = "pending"
    """Waits for approval, and may fill in the desk meanwhile."""
    LISTED = "listed"
    PAUSED = "paused"
    """Was listed. What is booked still takes place."""
    LEAVING = "leaving"
    """Was removed; their sessions to come are being settled."""
    REMOVED = "removed"
    """Was removed; of them only the addresses of their page are kept."""


UNPROVEN = frozenset({ExpertStatus.DRAFT, ExpertStatus.INVITED})
NEVER_LISTED = UNPROVEN | {ExpertStatus.PENDING}
GONE = frozenset({ExpertStatus.LEAVING, ExpertStatus.REMOVED})


def _portrait_indexes() -> Iterable[IndexModel]:
    yield IndexModel([("expert_id", ASCENDING)], unique=True, name="expert")


class Portrait(Model):
    """An expert's own picture, as it is sent: WebP of 512 by 512, without metadata."""

    model_config = ODMConfigDict(collection="portraits", indexes=_portrait_indexes)

    expert_id: ObjectId
    image: bytes
    digest: str
    """Names the picture in addresses: a new picture has a new address."""
    changed_at: datetime
