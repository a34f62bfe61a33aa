"""What the database looks at for a page, as its own planner counts it: the same on any machine."""

from collections.abc import Awaitable, Callable

from domain.store.core.database import Database, connect
from tests.store.queries import asking, plan_of

Ask = Callable[[Database], Awaitable[object]]


async def documents_examined(uri: str, ask: Ask) -> int:
    """Return how many documents the queries of some work look at; none reads a whole collection."""
    database = connect(uri)
    try:
        async with asking(database, uri) as asked:
            await ask(asked.database)
            queries = [*asked.listener.seen]
        plans = [await plan_of(query, database) for query in queries]
    finally:
        await database.close()
    unled = [q for q, plan in zip(queries, plans, strict=True) if "COLLSCAN" in plan.stages]
    assert not unled, f"no index leads {unled}"
    return sum(plan.examined for plan in plans)
