"""Real databases and real server processes for tests."""

import asyncio
import functools
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractContextManager, ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from pymongo import MongoClient

from domain.store.core.database import database_name
from web.server.database_process import EmbeddedDatabase
from web.server.mongod import Mongod, installed_mongods, running_mongod
from web.server.secantus import running_secantus

ROOT = Path(__file__).resolve().parent.parent
SECRET_KEY = "a key that only tests know and every server has"
ROOM = 4 * 2**30
READY_S = 90.0
"""Much longer than it takes: the machine that runs the tests may be busy."""

OWN_VARIABLES = {
    *("HOST", "PORT", "MONGODB_URI", "EMBEDDED", "DATA_DIR", "SECRET_KEY", "BASE_URL"),
    *("SMTP_URL", "MAIL_FROM", "WORKERS", "HOLD_SECONDS", "LEAVING_SECONDS", "HOLDS_PER_IP"),
    *("STREAMS_PER_IP", "ALLOWED_HOSTS"),
    *("BOOKINGS_PER_IP", "BOOKINGS_PER_ADDRESS", "RETENTION_DAYS", "LOG_FORMAT"),
    *("ADMINS", "LOG_DAYS"),
    *("OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_SECRET", "OIDC_NAME"),
    "OTEL_EXPORTER_OTLP_ENDPOINT",
    *("CONFIRM_BY_MAIL", "CONFIRM_MINUTES"),
}

Setting = str | int | Path

ROOMY: dict[str, Setting] = dict.fromkeys(
    ("BOOKINGS_PER_IP", "BOOKINGS_PER_ADDRESS", "STREAMS_PER_IP"), 1_000_000
)
"""All visitors of a test share a network, whose limits other tests cover."""


@functools.cache
def mongod() -> Mongod | None:
    """Return MongoDB's own server, where it runs."""
    return next(installed_mongods(), None)


@contextmanager
def database_on(folder: Path) -> Iterator[EmbeddedDatabase]:
    """Run a database server on what a folder keeps: MongoDB's own, or the other one."""
    found = mongod()
    storage = str(folder / "data")
    running = running_mongod(folder, found) if found else running_secantus(folder, storage=storage)
    with running as server:
        yield server


@contextmanager
def database_for_tests() -> Iterator[str]:
    """Run a database server whose data ends with it; yields its address."""
    folder = tempfile.TemporaryDirectory(dir=quick_folder())
    with folder as name, database_on(Path(name)) as server:
        yield server.uri


def quick_folder() -> Path | None:
    """Return a folder in memory, where there is one with room: data that goes needs no disk."""
    memory = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it
    is_roomy = memory.is_dir() and shutil.disk_usage(memory).free > ROOM
    return memory if is_roomy else None


def drop(uri: str) -> None:
    """Remove the database that the address names."""
    with MongoClient[dict[str, object]](uri) as client:
        client.drop_database(database_name(uri))


def free_port() -> int:
    """Return a port that nothing listened on a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass(frozen=True)
class Server:
    """A running `python -m web`."""

    url: str
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def output(self) -> str:
        """What it has written so far, both streams."""
        return self.log.read_text()

    def stop(self, *, signal_number: int = signal.SIGTERM, within: float = 60) -> int:
        """Send it a signal and return its exit code."""
        self.process.send_signal(signal_number)
        return self.process.wait(within)


def environment(**variables: Setting) -> dict[str, str]:
    """Return this process's environment with only these of the program's own variables."""
    inherited = {k: v for k, v in os.environ.items() if k not in OWN_VARIABLES}
    return inherited | {name: str(value) for name, value in variables.items()}


def launched(*arguments: str, **variables: Setting) -> AbstractContextManager[Server]:
    """Run `python -m web` with these settings, not waiting for anything; ended afterwards."""
    return launched_in(ROOT, *arguments, **variables)


@contextmanager
def launched_in(code: Path, *arguments: str, **variables: Setting) -> Iterator[Server]:
    """Do the same with the program that is in some folder."""
    with tempfile.TemporaryDirectory() as folder:
        defaults: dict[str, Setting] = {"PORT": free_port(), "DATA_DIR": Path(folder) / "data"}
        variables = defaults | variables
        log = Path(folder) / "output"
        with log.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "web", *arguments],
                cwd=code,
                env=environment(**variables),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        host = "[::1]" if variables.get("HOST") == "::1" else "127.0.0.1"
        server = Server(f"http://{host}:{variables['PORT']}", process, log)
        try:
            yield server
        finally:
            end(process)


def end(process: subprocess.Popen[bytes]) -> None:
    """Have a process end, by force where it doesn't on request."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def start_servers(
    count: int, mongodb_uri: str | None, **variables: Setting
) -> Iterator[list[Server]]:
    """Run `python -m web` so many times, each on a free port, ready to answer; ended afterwards.

    A database without experts is seeded at start, as it would be for anyone: put an expert into it
    first where the test wants to be alone with its own. Without an address the server starts a
    database of its own, in a DATA_DIR that goes with it unless the test names one.
    """
    variables = ROOMY | variables
    if mongodb_uri is not None:
        variables = {"MONGODB_URI": mongodb_uri, "SECRET_KEY": SECRET_KEY} | variables
    with ExitStack() as running:
        servers = [running.enter_context(launched(**variables)) for _ in range(count)]
        for server in servers:
            wait_until_ready(server)
        yield servers


@contextmanager
def start_server(mongodb_uri: str | None, **variables: Setting) -> Iterator[Server]:
    """Run one, as `start_servers` does."""
    with start_servers(1, mongodb_uri, **variables) as (server,):
        yield server


@asynccontextmanager
async def server_beside(mongodb_uri: str | None, **variables: Setting) -> AsyncIterator[Server]:
    """Do the same without blocking the loop, for tests whose loop the server needs."""
    with ExitStack() as running:
        starting = start_server(mongodb_uri, **variables)
        try:
            yield await asyncio.to_thread(running.enter_context, starting)
        finally:
            await asyncio.to_thread(running.close)


def wait_until_ready(server: Server) -> None:
    """Wait until /health/ready answers 200; fail with the server's output where it never does."""
    deadline = time.monotonic() + READY_S
    while time.monotonic() < deadline and server.process.poll() is None:
        if answers(f"{server.url}/health/ready"):
            return
        time.sleep(0.05)
    raise AssertionError(f"not ready at {server.url}:\n{server.output}")


def answers(url: str) -> bool:
    """Say whether this address answers 200."""
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except (OSError, urllib.error.URLError):
        return False
