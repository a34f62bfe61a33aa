"""The connection: Motor behind ODMantic for reads and writes, PyMongo's client for the feed."""

import asyncio
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakValueDictionary

from bson import ObjectId
from bson.errors import InvalidId
from motor.motor_asyncio import AsyncIOMotorClient, AsyncIOMotorCollection
from odmantic import AIOEngine, Model
from pymongo import AsyncMongoClient
from pymongo.errors import ConnectionFailure
from pymongo.uri_parser import parse_uri

Document = dict[str, Any]
Key = ObjectId
"""The type of every document's key."""

Unreachable = ConnectionFailure
"""What any call raises while no server answers."""

DEFAULT_NAME = "expertconnect"


class Turns:
    """Locks by key, each for as long as somebody has or wants it."""

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[Key, asyncio.Lock] = WeakValueDictionary()

    def of(self, key: Key) -> asyncio.Lock:
        """Return the lock of a key; whoever asked first gets it first."""
        return self._locks.setdefault(key, asyncio.Lock())


@dataclass(frozen=True)
class Database:
    """Everything a store needs to reach the data. Made by `connect`, ended by `close`."""

    name: str
    engine: AIOEngine
    motor: AsyncIOMotorClient[Document]
    watching: AsyncMongoClient[Document]
    turns: Turns = field(default_factory=Turns, repr=False, compare=False)

    def collection(self, model: type[Model]) -> AsyncIOMotorCollection[Document]:
        """Return the Motor collection of a model, for the conditional writes that claim."""
        return self.engine.get_collection(model)

    async def ping(self) -> None:
        """Ask the server whether it answers; raises PyMongoError when it does not."""
        await self.motor.admin.command("ping")

    async def close(self) -> None:
        """End both clients; in a thread, since Motor waits here for a server that is gone."""
        await asyncio.to_thread(self.motor.close)
        await self.watching.close()


def database_name(uri: str) -> str:
    """Return the database that the address names, or the default one."""
    return parse_uri(uri)["database"] or DEFAULT_NAME


def connect(uri: str, *, timeout_ms: int = 5_000) -> Database:
    """Open the clients; nothing is sent until the first use.

    Args:
        uri: A MongoDB connection string; its path names the database.
        timeout_ms: How long one operation waits for a server that can be used.
    """
    options: dict[str, Any] = {
        "tz_aware": True,
        "serverSelectionTimeoutMS": timeout_ms,
        "w": "majority",
        "appname": "expertconnect",
    }
    name = database_name(uri)
    motor: AsyncIOMotorClient[Document] = AsyncIOMotorClient(uri, **options)
    return Database(
        name=name,
        engine=AIOEngine(motor, name),
        motor=motor,
        watching=AsyncMongoClient(uri, **options),
    )


def read_key(text: str) -> Key | None:
    """Read a document's key from an address or a form; None where it is none."""
    try:
        return Key(text)
    except InvalidId:
        return None
