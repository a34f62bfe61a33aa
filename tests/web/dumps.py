"""What a database holds, to see that nothing was changed."""

from typing import Any

from domain.store.documents import DOCUMENTS, Expert, Slot
from domain.store.documents.counts import Count
from domain.store.documents.mails import Mail
from tests.web.conftest import Site

_OF_HOUSEKEEPING = ("next_free_at", "next_free_until")
_OF_SENDING = (
    *("state", "attempts", "refusals", "due_at", "settled_at", "kept_until"),
    *("to", "subject", "text", "html", "calendar"),
)


async def dump(site: Site) -> dict[str, list[dict[str, Any]]]:
    """Return everything in the database that only requests change.

    Left out are the marks of housekeeping, what becomes of mails that are there, counts, of which
    the database deletes each full one within a minute, and the times published from other tests'
    hours.
    """
    planned = [e["_id"] async for e in site.database.collection(Expert).find({"has_hours": True})]
    queries = {+Expert: {"has_hours": False}, +Slot: {"expert_id": {"$nin": planned}}}
    unseen = {+Mail: _OF_SENDING}
    found = site.database.collection
    return {
        +model: await found(model)
        .find(
            queries.get(+model, {}),
            projection=dict.fromkeys(unseen.get(+model, _OF_HOUSEKEEPING), 0),
            sort=[("_id", 1)],
        )
        .to_list(None)
        for model in DOCUMENTS
        if model is not Count
    }
