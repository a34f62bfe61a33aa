"""The launcher: what happens before, around and after serving, in order."""

import asyncio
import errno
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from domain.rules.errors import Refusal
from domain.store.audit import audit
from domain.store.core.database import Unreachable, connect
from domain.store.core.lease import LeaseBusy
from domain.store.core.migrate import SEEDING, exclusively, migrate
from domain.store.core.usable import DatabaseUnusable, check_usable, holds_backup, said_plainly
from domain.store.documents import Expert
from web.console import Trouble, say
from web.http import clock
from web.server.administration import make_administrators_known
from web.server.data_folder import empty_folder
from web.server.database_process import EmbeddedDatabase
from web.server.embedded import embedded_database
from web.server.keys import kept_secret_key
from web.server.listening import listening
from web.server.workers import Worker, run_workers, start_worker
from web.settings import Settings

CATALOGUE = 30
"""How many experts a fresh database starts with."""


@dataclass(frozen=True)
class Ground:
    """A database that answers."""

    uri: str = field(repr=False)  # with a password, as a rule
    check: Callable[[], None]
    """Raises when the embedded one has ended."""

    def migrate(self) -> None:
        """Apply the migrations that it has not seen."""
        migrate(self.uri, announce=lambda name: say(f"Migration: {name}."))


@contextmanager
def ground(
    settings: Settings,
    *,
    share: bool,
    unfinished: bool = False,
    announce: Callable[[str], None] = lambda _: None,
) -> Iterator[Ground]:
    """Have a database: the one that MONGODB_URI names, else the embedded one, ended afterwards.

    Args:
        settings: Say which.
        share: Use the embedded database of a server that runs already.
        unfinished: Take one into which a backup was restored only in part, too.
        announce: Told which engine is embedded.

    Raises:
        Trouble: There is none to be had, or it stopped answering meanwhile.
    """
    try:
        if settings.mongodb_uri:
            check_usable(settings.mongodb_uri, unfinished=unfinished)
            yield Ground(settings.mongodb_uri, lambda: None)
            return
        with _embedded(settings, share=share, unfinished=unfinished, announce=announce) as embedded:
            yield Ground(embedded.uri, embedded.check)
    except DatabaseUnusable as error:
        which = "MONGODB_URI" if settings.mongodb_uri else "The embedded database"
        raise Trouble(f"{which}: {error}.") from error
    except LeaseBusy as error:
        raise Trouble(f"Another process is at the same work for too long: {error}.") from error
    except Refusal as refusal:
        raise Trouble(f"The database is busy; nothing was lost ({refusal.code}).") from refusal
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        raise Trouble(
            f"DATA_DIR: no space is left where {settings.data_dir} is. Make room and start again."
        ) from error


@contextmanager
def _embedded(
    settings: Settings, *, share: bool, unfinished: bool, announce: Callable[[str], None]
) -> Iterator[EmbeddedDatabase]:
    with embedded_database(
        settings.data_dir, share=share, only=settings.embedded, announce=announce
    ) as embedded:
        try:
            check_usable(embedded.uri, unfinished=unfinished)
            yield embedded
        except (DatabaseUnusable, Unreachable):
            embedded.check(patience=2)  # that it has ended says more
            raise


def seed(uri: str, *, experts: int = CATALOGUE, only_empty: bool = False) -> int:
    """Add what is missing of the catalogue; return how many experts and times that were.

    Args:
        uri: The database.
        experts: How many experts the catalogue has.
        only_empty: Add nothing if there is an expert already.
    """

    async def add() -> int:
        database = connect(uri)
        try:
            empty = await database.engine.find_one(Expert) is None
            if only_empty and not empty:
                return 0
            if empty:
                say("Seeding: experts and the times of their next weeks.")
            # Only who seeds pays for loading the factories.
            from domain.seeds.seeding import seed_catalogue  # noqa: PLC0415

            return await seed_catalogue(database, experts=experts, clock=clock.now)
        finally:
            await database.close()

    with exclusively(uri, SEEDING):
        return asyncio.run(add())


def serve(settings: Settings) -> None:
    """Serve until KeyboardInterrupt: first the workers end, then the database.

    Raises:
        Trouble: It can't.
    """
    with (
        listening(settings.host, settings.port) as bound,
        ground(settings, share=False, announce=say) as place,
    ):
        place.migrate()
        # What a database of our own lacks of the catalogue is added, unless it holds a backup.
        only_empty = settings.mongodb_uri is not None or holds_backup(place.uri)
        seed(place.uri, only_empty=only_empty)
        make_administrators_known(place.uri, settings.admins)
        _serve(settings, place, bound)


def _serve(settings: Settings, place: Ground, bound: socket.socket) -> None:
    environment = os.environ | {
        "WORKER_DATABASE": place.uri,
        "WORKER_SECRET_KEY": ",".join(settings.secret_keys) or kept_secret_key(settings.data_dir),
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
        site = settings.public_url
        say(f"ExpertConnect is at {site} (Ctrl-C ends it).")
        if settings.shows_outbox:
            say(f"Experts sign in at {site}/desk: links are at {site}/dev/outbox.")
            for address in sorted(settings.admins):
                say(f"Administrators sign in at {site}/admin/sign-in, as {address}.")

    run_workers(
        settings.workers,
        start,
        when_dead=when_dead,
        when_ready=when_ready,
        check=place.check,
        stop_listening=bound.close,
    )


def audit_data(uri: str) -> list[str]:
    """Return a line for everything in the data that contradicts itself.

    Raises:
        DatabaseUnusable: It can't be read.
    """

    async def look() -> list[str]:
        database = connect(uri)
        try:
            return [str(finding) for finding in await audit(database)]
        finally:
            await database.close()

    with said_plainly():
        return asyncio.run(look())
