"""What is measured: a database on disk, and servers as `just serve` starts them."""

import secrets
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from pymongo import MongoClient

from domain.slots import SlotState
from domain.store.database import Document, Key, database_name
from domain.store.migrate import migrate
from domain.store.seeds import ExpertFactory, SlotFactory
from tests.bench.processes import LOAD, PROGRAM, Served, on_core
from tests.processes import children_of
from tests.servers import ROOT, Server, end, free_port, start_server
from web import clock
from web.embedded import running_server

SESSION = timedelta(minutes=15)
HOUR = timedelta(hours=1)
PATIENCE_S = 30.0


@contextmanager
def database() -> Iterator[str]:
    """Run a new database server, which keeps its data on disk; yields its address."""
    with tempfile.TemporaryDirectory() as folder, on_core(LOAD):
        storage = str(Path(folder) / "data")
        with running_server(Path(folder), storage=storage) as server:
            yield server.uri


def fresh(uri: str) -> str:
    """Return the address of a new, migrated database on a server."""
    named = f"{uri.rstrip('/')}/bench_{secrets.token_hex(4)}"
    migrate(named, clock=clock.now)
    return named


@contextmanager
def floor_server(module: str, *arguments: str) -> Iterator[Served]:
    """Run one of the bare servers in the program's place."""
    port = free_port()
    name = f"tests.bench.servers.{module}"
    with on_core(PROGRAM):
        process = subprocess.Popen([sys.executable, "-m", name, str(port), *arguments], cwd=ROOT)
    try:
        _wait_until_open(port)
        yield Served(f"http://127.0.0.1:{port}", process.pid)
    finally:
        end(process)


def _wait_until_open(port: int) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return
        time.sleep(0.05)
    raise AssertionError(f"nothing listens on port {port}")


@contextmanager
def serving(uri: str) -> Iterator[Served]:
    """Run the program on a database that has experts."""
    with on_core(PROGRAM):
        started = start_server(uri, HOLDS_PER_IP=1_000_000, LOG_FORMAT="json")
        with started as server:
            yield Served(server.url, worker_of(server))


@dataclass(frozen=True)
class Published:
    """A new expert and the times that can be had."""

    slug: str
    expert_id: Key
    slots: Sequence[Document]


def publish(uri: str, count: int) -> Published:
    """Publish so many times of a new expert, from tomorrow on."""
    expert = ExpertFactory.build()
    first = clock.now().replace(minute=0, second=0, microsecond=0) + timedelta(days=1)
    slots = [
        SlotFactory.build(
            expert_id=expert.id,
            starts_at=first + n * SESSION,
            ends_at=first + (n + 1) * SESSION,
            closes_at=first + n * SESSION,
            changed_at=clock.now(),
        )
        for n in range(count)
    ]
    documents = [dict(slot.model_dump_doc()) for slot in slots]
    with MongoClient[Document](uri) as client:
        database = client[database_name(uri)]
        database.experts.insert_one(dict(expert.model_dump_doc()))
        database.slots.insert_many(documents)
    return Published(expert.slug, expert.id, documents)


def hold(uri: str, slot_id: Key) -> None:
    """Have somebody hold a time."""
    now = clock.now()
    held = {"state": SlotState.HELD.value, "held_by": "first", "held_since": now}
    with MongoClient[Document](uri) as client:
        slots = client[database_name(uri)].slots
        slots.update_one({"_id": slot_id}, {"$set": held | {"held_until": now + HOUR}})


def worker_of(server: Server) -> int:
    """Return the process that answers for a server of one worker."""
    workers = [pid for pid, line in children_of(server.process.pid).items() if "web.worker" in line]
    (worker,) = workers
    return worker
