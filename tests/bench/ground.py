"""What is measured: a new database, and servers as `just serve` starts them."""

import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta

from pymongo import MongoClient

from domain.rules.slots import SlotState
from domain.seeds.factories import ExpertFactory, SlotFactory
from domain.store.core.database import Document, Key, database_name
from domain.store.core.migrate import migrate
from tests.addresses import database_at
from tests.bench.engines import OURS
from tests.bench.processes import PROGRAM, Served, on_core
from tests.processes import children_of
from tests.servers import ROOT, Server, end, free_port, start_server
from web.http import clock

SESSION = timedelta(minutes=15)
HOUR = timedelta(hours=1)
PATIENCE_S = 30.0


def fresh(server: str) -> str:
    """Make a new, migrated database on a server; return its address."""
    uri = database_at(server, OURS + secrets.token_hex(4))
    migrate(uri)
    return uri


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
    running = children_of(server.process.pid).items()
    (worker,) = [pid for pid, command in running if "web.server.worker" in command]
    return worker
