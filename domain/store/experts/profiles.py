"""Profiles: what experts change of themselves, each by one guarded write."""

from datetime import datetime

from pymongo.errors import DuplicateKeyError

from domain.store.core.database import Database, Document, Key
from domain.store.documents import Expert
from domain.store.experts.publishing import UNPLANNED

MOST_SLUGS = 10
"""How many page addresses an expert can use up: each stays taken for good."""


async def save(
    database: Database, expert: Expert, fields: Document, *, plans_anew: bool = False
) -> bool:
    """Save fields of a profile, unless the profile has changed since the expert was read.

    Args:
        database: Where the expert is.
        expert: As read.
        fields: What is to be so from now on, by the names of the document's fields.
        plans_anew: Whether slots come from what is changed. Then nothing else that they come from
            may have changed either, and the expert is due to be planned.

    Returns:
        False when nothing was changed.
    """
    as_read: Document = {"_id": expert.id, "profile_rev": expert.profile_rev}
    raised = {"profile_rev": 1}
    if plans_anew:
        as_read["plan_rev"] = expert.plan_rev
        fields = {**fields, **UNPLANNED}
        raised["plan_rev"] = 1
    result = await database.writing(Expert).update_one(as_read, {"$set": fields, "$inc": raised})
    return result.modified_count == 1


async def rename(database: Database, expert_id: Key, slug: str) -> bool:
    """Give an expert another slug; the former ones stay theirs.

    Returns:
        False when somebody else has, or had, the name, or the expert has had too many.
    """
    may = [{"slugs": slug}, {f"slugs.{MOST_SLUGS - 1}": {"$exists": False}}]
    renamed = {"$set": {"slug": slug}, "$addToSet": {"slugs": slug}}
    try:
        result = await database.writing(Expert).update_one({"_id": expert_id, "$or": may}, renamed)
    except DuplicateKeyError:
        return False
    return result.matched_count == 1


async def take_address(
    database: Database, expert: Expert, address: str, *, asked_at: datetime
) -> bool:
    """Give an expert another e-mail address, unless all sign-ins were ended since it was asked for.

    What else was asked for before that counts no longer.

    Returns:
        False when nothing was changed.
    """
    as_read = {"_id": expert.id, "email": expert.email, "signed_out_at": {"$lt": asked_at}}
    taken = {"email": address, "address": address.lower(), "signed_out_at": asked_at}
    result = await database.writing(Expert).update_one(
        as_read, {"$set": taken, "$inc": {"profile_rev": 1}}
    )
    return result.modified_count == 1
