"""What a store asks of the database, written down, and whether an index serves it.

The embedded server's `explain` judges a filter only where all of its fields are in one index, and
shows a sort always; its queries do better. So the declared indexes are compared with each query
first: its equalities begin an index, and what it sorts by follows in that index. Then the server
is asked what it does with that part of the filter.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any

from motor.motor_asyncio import AsyncIOMotorClient
from odmantic import AIOEngine
from pymongo import IndexModel, monitoring

from domain.store.database import Database, Document
from domain.store.documents import DOCUMENTS
from domain.store.transactions import GuardLost

INDEXES: dict[str, list[IndexModel]] = {
    model.__collection__: [
        IndexModel([("_id", 1)]),
        *(index for index in model.__indexes__() if isinstance(index, IndexModel)),
    ]
    for model in DOCUMENTS
}
QUERIES = {"find", "update", "delete", "aggregate", "count", "distinct"}


@dataclass(frozen=True)
class Query:
    """What was asked of one collection."""

    command: str
    collection: str
    filter: Document
    sort: Mapping[str, int]

    def served_by(self, index: Mapping[str, int]) -> list[str]:
        """Return the fields of an index that find what is asked for, in order; none if it can't."""
        fixed = {field for field, condition in self.filter.items() if _is_equality(condition)}
        keys = list(index)
        found = [key for n, key in enumerate(keys) if fixed.issuperset(keys[: n + 1])]
        order = {field: way for field, way in self.sort.items() if field not in fixed}
        following = {key: index[key] for key in keys[len(found) :][: len(order)]}
        turned = {field: -way for field, way in order.items()}
        if list(following.items()) not in (list(order.items()), list(turned.items())):
            return []
        ranged = [key for key in keys[len(found) :][:1] if key in self.filter]
        return [*found, *ranged] if found else []


def _is_equality(condition: object) -> bool:
    """Say whether a condition asks for values, and not for what lies between."""
    return not isinstance(condition, dict) or {*condition} == {"$in"}


class Listener(monitoring.CommandListener):
    """Writes down every query that a client sends."""

    def __init__(self) -> None:
        self.seen: list[Query] = []

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        if event.command_name in QUERIES:
            self.seen += _read(event.command_name, event.command)

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        """Hear nothing new."""

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        """Hear nothing new."""


def _read(name: str, command: Mapping[str, Any]) -> Iterator[Query]:
    collection = command[name]
    if name in {"update", "delete"}:
        yield from (Query(name, collection, write["q"], {}) for write in command[f"{name}s"])
    elif name == "aggregate":
        stages = {key: value for stage in command["pipeline"] for key, value in stage.items()}
        yield Query(name, collection, stages.get("$match", {}), stages.get("$sort", {}))
    else:
        asked = command.get("filter", command.get("query", {}))
        yield Query(name, collection, asked, command.get("sort", {}))


def holds_all(index: IndexModel, query: Query) -> bool:
    """Say whether an index that holds only some documents holds all that are asked for."""
    held = index.document.get("partialFilterExpression", {})
    return all(query.filter.get(field) == value for field, value in held.items())


async def complaint(query: Query, database: Database) -> str:
    """Say what is wrong with a query; nothing when an index serves it and the server uses one."""
    served = [
        fields
        for index in INDEXES[query.collection]
        if holds_all(index, query) and (fields := query.served_by(index.document["key"]))
    ]
    if not served:
        return "no index begins with what it asks for and goes on with what it sorts by"
    plans = [await stages(query, fields, database) for fields in served]
    indexed = any("IXSCAN" in plan and "COLLSCAN" not in plan for plan in plans)
    return "" if indexed else f"the server does {plans}"


async def stages(query: Query, fields: list[str], database: Database) -> list[str]:
    """Return what the server does with a part of a query's filter, the last first."""
    part = {field: query.filter[field] for field in fields if field in query.filter}
    found = database.motor[database.name][query.collection].find(part)
    return stages_of((await found.explain())["queryPlanner"]["winningPlan"])


def stages_of(plan: Mapping[str, Any]) -> list[str]:
    """Return the stages of a plan, the last first."""
    return [plan["stage"], *(stages_of(plan["inputStage"]) if "inputStage" in plan else [])]


@dataclass(frozen=True)
class Asked:
    """A database that tells what it is asked."""

    database: Database
    listener: Listener

    async def by(
        self, function: Callable[..., Awaitable[object]], given: Mapping[str, Any]
    ) -> list[Query]:
        """Return what a function asks when it is given these."""
        self.listener.seen.clear()
        with suppress(GuardLost):  # what it asked for is not there: it has been asked all the same
            await function(**given)
        return [*self.listener.seen]


@asynccontextmanager
async def asking(database: Database, uri: str) -> AsyncIterator[Asked]:
    """Connect to a database once more, and write down what is asked."""
    listener = Listener()
    motor: AsyncIOMotorClient[Document] = AsyncIOMotorClient(
        uri, tz_aware=True, event_listeners=[listener]
    )
    engine = AIOEngine(motor, database.name)
    try:
        yield Asked(Database(database.name, engine, motor, database.watching), listener)
    finally:
        motor.close()
