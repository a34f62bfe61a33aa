"""What a store asks of the database, written down, and what MongoDB's planner makes of it."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from typing import Any

from bson.codec_options import CodecOptions, DatetimeConversion
from motor.motor_asyncio import AsyncIOMotorClient
from pymongo import monitoring

from domain.store.core.database import Database, Document
from domain.store.core.transactions import GuardLost

QUERIES = {"find", "aggregate", "count", "distinct"}
FINDS_AND_WRITES = "findAndModify"
WRITES = {"update": "updates", "delete": "deletes"}
SHAPE = {"filter", "query", "sort", "hint", "limit", "skip", "projection", "pipeline", "key"}
"""What the planner goes by; the rest of a command says who asks, and how they want it answered."""
CHANGE = {"update", "remove", "upsert"}
"""What it can't explain a search without that writes as well."""
SORTS = "sorts what it has found"
FEW = 12
"""How many documents a query may look at beside those that it is about."""

_ANY_DATE = CodecOptions[Document](datetime_conversion=DatetimeConversion.DATETIME_CLAMP)
"""The bounds of an index are told as dates that Python has no years for."""


@dataclass(frozen=True)
class Query:
    """What was asked of one collection: a command with one filter."""

    command: str
    collection: str
    shape: Document

    def as_command(self) -> Document:
        """Return the command that asks it."""
        if self.command in WRITES:
            return {self.command: self.collection, WRITES[self.command]: [self.shape]}
        asked = {self.command: self.collection, **self.shape}
        return {**asked, "cursor": {}} if self.command == "aggregate" else asked


def find(collection: str, filter: Document, sort: Document | None = None) -> Query:  # noqa: A002
    """Return a query that finds documents."""
    return Query("find", collection, {"filter": filter, "sort": sort or {}})


class Listener(monitoring.CommandListener):
    """Writes down every query that a client sends."""

    def __init__(self) -> None:
        self.seen: list[Query] = []

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        self.seen += _read(event.command_name, event.command)

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        """Hear nothing new."""

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        """Hear nothing new."""


def _read(name: str, command: Mapping[str, Any]) -> Iterator[Query]:
    if name in WRITES:
        yield from (Query(name, command[name], dict(write)) for write in command[WRITES[name]])
    elif name == FINDS_AND_WRITES:
        yield Query(name, command[name], {k: v for k, v in command.items() if k in SHAPE | CHANGE})
    elif name in QUERIES:
        yield Query(name, command[name], {k: v for k, v in command.items() if k in SHAPE})


@dataclass(frozen=True)
class Plan:
    """What the server does to answer a query."""

    stages: tuple[str, ...]
    """The last first."""
    examined: int
    found: int

    @property
    def complaint(self) -> str:
        """What is wrong with it; nothing when an index leads to what is asked for."""
        if "COLLSCAN" in self.stages:
            return "reads a collection from end to end"
        if "SORT" in self.stages:
            return SORTS
        if self.examined > self.found + FEW:
            return f"looks at {self.examined} documents for {self.found}"
        return ""


async def plan_of(query: Query, database: Database) -> Plan:
    """Ask the server what it does, and have it count."""
    explained = await database.motor[database.name].command(
        "explain", query.as_command(), verbosity="executionStats", codec_options=_ANY_DATE
    )
    parts = [stage["$cursor"] for stage in explained.get("stages", []) if "$cursor" in stage]
    later = {next(iter(stage)) for stage in explained.get("stages", [])}
    told = parts[0] if parts else explained
    winner = told["queryPlanner"]["winningPlan"]
    stages = (*(["SORT"] if "$sort" in later else []), *stages_of(winner.get("queryPlan", winner)))
    counted = told["executionStats"]
    found = max(counted["nReturned"], *_matched(counted["executionStages"]))
    return Plan(stages, counted["totalDocsExamined"], found)


def stages_of(plan: Mapping[str, Any]) -> list[str]:
    """Return the stages of a plan, the last first."""
    below = [plan["inputStage"]] if "inputStage" in plan else plan.get("inputStages", [])
    return [plan["stage"], *(stage for part in below for stage in stages_of(part))]


def _matched(stage: Mapping[str, Any]) -> list[int]:
    """Return how many documents a write, a count or a group was about: it returns fewer."""
    below = [stage["inputStage"]] if "inputStage" in stage else stage.get("inputStages", [])
    own = stage.get("nMatched", stage.get("nWouldDelete", stage.get("nReturned", 0)))
    return [
        own,
        *(count for part in below if part["stage"] != "IXSCAN" for count in _matched(part)),
    ]


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
    engine = type(database.engine)(motor, database.name)
    try:
        yield Asked(replace(database, engine=engine, motor=motor), listener)
    finally:
        motor.close()
