"""The launcher: what happens before, around and after serving, in order."""

import asyncio
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from domain.errors import Refusal
from domain.store.audit import audit
from domain.store.database import connect
from domain.store.documents import Expert
from domain.store.lease import LeaseBusy
from domain.store.migrate import DatabaseUnusable, check_usable, exclusively, migrate
from web import clock
from web.console import Trouble, say
from web.data_folder import empty_folder, kept_secret_key
from web.embedded import embedded_database
from web.listening import listening
from web.settings import Settings
from web.workers import Worker, run_workers, start_worker

CATALOGUE = 30
"""How many experts a fresh database starts with."""


@dataclass(frozen=True)
class Ground:
    """A database that answers."""

    uri: str
    check: Callable[[], None]
    """Raises when the embedded one has ended."""

    def migrate(self) -> None:
        """Apply the migrations that it has not seen."""
        migrate(self.uri, clock=clock.now, announce=lambda name: say(f"Migration: {name}."))


@contextmanager
def ground(settings: Settings, *, share: bool) -> Iterator[Ground]:
    """Have a database: the one that MONGODB_URI names, else the embedded one, ended afterwards.

    Args:
        settings: Say which.
        share: Use the embedded database of a server that runs already.

    Raises:
        Trouble: There is none to be had, or it stopped answering meanwhile.
    """
    try:
        if settings.mongodb_uri:
            check_usable(settings.mongodb_uri)
            yield Ground(settings.mongodb_uri, lambda: None)
            return
        with embedded_database(settings.data_dir, share=share) as embedded:
            check_usable(embedded.uri)
            yield Ground(embedded.uri, embedded.check)
    except DatabaseUnusable as error:
        which = "MONGODB_URI" if settings.mongodb_uri else "The embedded database"
        raise Trouble(f"{which}: {error}.") from error
    except LeaseBusy as error:
        raise Trouble(f"Another process is at the same work for too long: {error}.") from error
    except Refusal as refusal:
        raise Trouble(f"The database is busy; nothing was lost ({refusal.code}).") from refusal


def seed(uri: str, *, experts: int = CATALOGUE, only_empty: bool = False) -> int:
    """Add what is missing of the catalogue; return how many experts and times that were.

    Args:
        uri: The database.
        experts: How many experts the catalogue has.
        only_empty: Add nothing where there is an expert already.
    """

    async def add() -> int:
        database = connect(uri)
        try:
            empty = await database.engine.find_one(Expert) is None
            if only_empty and not empty:
                return 0
            if empty:
                say("Seeding: experts and four weeks of their times.")
            # Only who seeds pays for loading the factories.
            from domain.store.seeds import seed_catalogue  # noqa: PLC0415

            return await seed_catalogue(database, experts=experts, clock=clock.now)
        finally:
            await database.close()

    with exclusively(uri, "seed", clock=clock.now):
        return asyncio.run(add())


def serve(settings: Settings) -> None:
    """Serve until KeyboardInterrupt: first the workers end, then the database.

    Raises:
        Trouble: It can't.
    """
    with listening(settings.host, settings.port) as bound:
        if not settings.mongodb_uri:
            say(f"Database: embedded, in {settings.data_dir} (set MONGODB_URI to use another).")
        with ground(settings, share=False) as place:
            place.migrate()
            # A database of our own gets the days that have come within reach, too.
            seed(place.uri, only_empty=settings.mongodb_uri is not None)
            _serve(settings, place, bound)


def _serve(settings: Settings, place: Ground, bound: socket.socket) -> None:
    environment = os.environ | {
        "WORKER_DATABASE": place.uri,
        "WORKER_SECRET_KEY": settings.secret_key or kept_secret_key(settings.data_dir),
    }
    if settings.workers > 1:
        # Where the workers count together, so that /metrics tells of all, whichever answers.
        folder = empty_folder(settings.data_dir, f"metrics-{settings.port}")
        environment["PROMETHEUS_MULTIPROC_DIR"] = str(folder)

    def start() -> Worker:
        return start_worker(bound, environment)

    def when_dead(worker: Worker) -> None:
        if counts := environment.get("PROMETHEUS_MULTIPROC_DIR"):
            # Only who loses a worker pays for loading the counters.
            from prometheus_client.multiprocess import mark_process_dead  # noqa: PLC0415

            mark_process_dead(worker.process.pid, counts)  # type: ignore[no-untyped-call] # theirs

    def when_ready() -> None:
        say(f"ExpertConnect is at {settings.public_url} (Ctrl-C ends it).")

    run_workers(
        settings.workers,
        start,
        when_dead=when_dead,
        when_ready=when_ready,
        check=place.check,
        stop_listening=bound.close,
    )


def audit_data(uri: str) -> list[str]:
    """Return a line for everything in the data that contradicts itself."""

    async def look() -> list[str]:
        database = connect(uri)
        try:
            return [str(finding) for finding in await audit(database)]
        finally:
            await database.close()

    return asyncio.run(look())
