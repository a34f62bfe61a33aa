"""The connection: Motor behind ODMantic for reads and writes, PyMongo's client for the feed."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pymongo
from bson import ObjectId
from bson.errors import InvalidId
from motor.motor_asyncio import AsyncIOMotorClient, AsyncIOMotorCollection
from odmantic import AIOEngine, Model
from odmantic.engine import AIOSessionType, ModelType
from odmantic.query import QueryExpression
from pymongo import AsyncMongoClient
from pymongo.uri_parser import parse_uri

from domain.store.core import deadlines
from domain.store.core.attempts import note_change
from domain.store.core.clocks import DatabaseClock
from domain.store.core.commands import CommandHearer, Commands
from domain.store.core.driver import mend_waits
from domain.store.core.outages import DatabaseError, Unreachable
from domain.store.core.pulse import Pulse
from domain.store.core.shared import Shared
from domain.store.core.turns import Turns
from domain.store.documents.slots import Slot

__all__ = ["Database", "DatabaseError", "Document", "Key", "Unreachable", "connect"]

Document = dict[str, Any]
Key = ObjectId
"""The type of every document's key."""

DEFAULT_NAME = "expertconnect"


class _Engine(AIOEngine):
    """ODMantic's engine with less to do for each operation."""

    def __init__(self, client: AsyncIOMotorClient[Document], database: str) -> None:
        super().__init__(client, database)
        self._collections: dict[str, AsyncIOMotorCollection[Document]] = {}

    def get_collection(self, model: type[Model]) -> AsyncIOMotorCollection[Document]:
        """Return the collection of a model, an object that is made once."""
        name = model.__collection__
        found = self._collections.get(name)
        if found is None:
            found = self._collections[name] = super().get_collection(model)
        return found

    async def find_one(
        self,
        model: type[ModelType],
        *queries: QueryExpression | Document | bool,
        sort: object = None,
        session: AIOSessionType = None,
    ) -> ModelType | None:
        """Find a document by `find`, which by a key asks less of the server than an aggregation."""
        found = await self.get_collection(model).find_one(
            self._build_query(*queries),
            sort=list((self._validate_sort_argument(sort) or {}).items()) or None,
            session=self._get_session(session),
        )
        return model.model_validate_doc(found) if found else None


@dataclass(frozen=True)
class Database:
    """Everything a store needs to reach the data. Made by `connect`, ended by `close`."""

    name: str
    engine: AIOEngine
    motor: AsyncIOMotorClient[Document]
    watching: AsyncMongoClient[Document]
    clock: DatabaseClock
    pulse: Pulse
    turns: Turns = field(default_factory=Turns, repr=False, compare=False)
    looks: Shared[Slot | None] = field(default_factory=Shared, repr=False, compare=False)
    """Reads of slots: those who ask for one at once share a look."""

    def collection(self, model: type[Model]) -> AsyncIOMotorCollection[Document]:
        """Return the Motor collection of a model, for reads and the writes of a transaction."""
        return self.engine.get_collection(model)

    def writing(self, model: type[Model]) -> AsyncIOMotorCollection[Document]:
        """Return the Motor collection of a model, for a write that counts by itself."""
        note_change()
        return self.collection(model)

    async def close(self) -> None:
        """End both clients; a server that is gone or silent is not waited for long."""
        await self.looks.stop()
        with pymongo.timeout(deadlines.CLOSE_S):
            await asyncio.to_thread(self.motor.close)  # it takes leave of the server
            await self.watching.close()


def database_name(uri: str) -> str:
    """Return the database that the address names, or the default one."""
    return parse_uri(uri)["database"] or DEFAULT_NAME


def _real_time() -> datetime:
    return datetime.now(UTC)


def connect(
    uri: str,
    *,
    timeout_ms: int = deadlines.WORK_MS,
    clock: Callable[[], datetime] = _real_time,
    hearers: Sequence[CommandHearer] = (),
) -> Database:
    """Open the clients; nothing is sent until the first use.

    Reads see only what a majority has, so that nobody is shown what an election may undo.

    Args:
        uri: A MongoDB connection string; its path names the database.
        timeout_ms: How long one operation may take, waiting for a server included.
        clock: Returns the present instant by this host's clock.
        hearers: Are told of every command, but for those that watch the database.
    """
    mend_waits()
    options: dict[str, Any] = {
        "tz_aware": True,
        "w": "majority",
        "readPreference": "primary",  # whatever the address says: others learn of claims later
        "readConcernLevel": "majority",
        "timeoutMS": timeout_ms,
        "serverSelectionTimeoutMS": min(timeout_ms, deadlines.SELECT_MS),
        "connectTimeoutMS": deadlines.CONNECT_MS,
        "heartbeatFrequencyMS": deadlines.HEARTBEAT_MS,
        "appname": "expertconnect",
    }
    name = database_name(uri)
    listeners = [Commands(*hearers)] if hearers else []
    motor: AsyncIOMotorClient[Document] = AsyncIOMotorClient(
        uri, **options, event_listeners=listeners
    )
    watching: AsyncMongoClient[Document] = AsyncMongoClient(uri, **options)
    database_clock = DatabaseClock(clock)
    return Database(
        name=name,
        engine=_Engine(motor, name),
        motor=motor,
        watching=watching,
        clock=database_clock,
        pulse=Pulse(watching, name, database_clock),
    )


def read_key(text: str) -> Key | None:
    """Read a document's key from an address or a form; None if it isn't one."""
    try:
        return Key(text)
    except InvalidId:
        return None
