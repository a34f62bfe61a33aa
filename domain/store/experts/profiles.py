"""Profiles: what experts change of themselves, each by one guarded write, and the log of it."""

from datetime import datetime

from domain.rules.log import NewEntry
from domain.store.core.database import Database, Document, Key
from domain.store.documents import Expert
from domain.store.experts.publishing import UNPLANNED
from domain.store.log import acting

MOST_SLUGS = 10
"""How many page addresses an expert can use up: each stays taken for good."""


async def save(
    database: Database,
    expert: Expert,
    fields: Document,
    act: NewEntry | None,
    *,
    plans_anew: bool = False,
) -> bool:
    """Save fields of a profile, unless the profile has changed since the expert was read.

    Args:
        database: Where the expert is.
        expert: As read.
        fields: What is to be so from now on, by the names of the document's fields.
        act: What the log says of it; None if nothing is to be other than before.
        plans_anew: Whether slots come from what is changed. Then nothing else that they come from
            may have changed either, and the expert is due to be planned.

    Returns:
        False when nothing was changed.

    Raises:
        Refusal: BUSY.
    """
    as_read: Document = {"_id": expert.id, "profile_rev": expert.profile_rev}
    raised = {"profile_rev": 1}
    if plans_anew:
        as_read["plan_rev"] = expert.plan_rev
        fields = {**fields, **UNPLANNED}
        raised["plan_rev"] = 1
    saved = {"$set": fields, "$inc": raised}
    return await acting.update(database, Expert, as_read, saved, act)


async def rename(database: Database, expert_id: Key, slug: str, act: NewEntry) -> bool:
    """Give an expert another slug; the former ones stay theirs.

    Returns:
        False when somebody else has, or had, the name, or the expert has had too many.

    Raises:
        Refusal: BUSY.
    """
    may = [{"slugs": slug}, {f"slugs.{MOST_SLUGS - 1}": {"$exists": False}}]
    guard: Document = {"_id": expert_id, "$or": may}
    renamed = {"$set": {"slug": slug}, "$addToSet": {"slugs": slug}}

    def act_of(found: Document) -> NewEntry | None:
        return act if found["slug"] != slug else None

    return await acting.change(
        database, Expert, guard, renamed, act_of, now=act.at, once_by={("slug",), ("slugs",)}
    )


async def take_address(
    database: Database, expert: Expert, address: str, act: NewEntry, *, asked_at: datetime
) -> bool:
    """Give an expert another e-mail address, unless all sign-ins were ended since it was asked for.

    What else was asked for before that counts no longer.

    Returns:
        False when nothing was changed.

    Raises:
        Refusal: BUSY.
    """
    as_read = {"_id": expert.id, "email": expert.email, "signed_out_at": {"$lt": asked_at}}
    taken = {"email": address, "address": address.lower(), "signed_out_at": asked_at}
    update = {"$set": taken, "$inc": {"profile_rev": 1}}
    return await acting.update(database, Expert, as_read, update, act)
