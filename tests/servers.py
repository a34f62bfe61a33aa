"""Real databases and real server processes for tests."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from pymongo import MongoClient

from domain.store.database import database_name
from web.embedded import running_server

ROOT = Path(__file__).resolve().parent.parent
SECRET_KEY = "a key that only tests know, the same for every server"
READY_S = 90.0
"""Much longer than it takes: the machine that runs the tests may be busy."""

OWN_VARIABLES = {
    *("HOST", "PORT", "MONGODB_URI", "DATA_DIR", "SECRET_KEY", "BASE_URL", "SMTP_URL"),
    *("MAIL_FROM", "WORKERS", "HOLD_SECONDS", "HOLDS_PER_IP", "RETENTION_DAYS", "LOG_FORMAT"),
}

Setting = str | int | Path


@contextmanager
def in_memory_database() -> Iterator[str]:
    """Run an embedded server whose data ends with it; yields its address."""
    with tempfile.TemporaryDirectory() as folder, running_server(Path(folder)) as server:
        yield server.uri


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

    def stop(self, *, signal_number: int = signal.SIGTERM, within: float = 20) -> int:
        """Send it a signal and return its exit code."""
        self.process.send_signal(signal_number)
        return self.process.wait(within)


def environment(**variables: Setting) -> dict[str, str]:
    """Return this process's environment with only these of the program's own variables."""
    inherited = {k: v for k, v in os.environ.items() if k not in OWN_VARIABLES}
    return inherited | {name: str(value) for name, value in variables.items()}


@contextmanager
def launched(*arguments: str, **variables: Setting) -> Iterator[Server]:
    """Run `python -m web` with these settings, not waiting for anything; ended afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        defaults: dict[str, Setting] = {"PORT": free_port(), "DATA_DIR": Path(folder) / "data"}
        variables = defaults | variables
        log = Path(folder) / "output"
        with log.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "web", *arguments],
                cwd=ROOT,
                env=environment(**variables),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        server = Server(f"http://127.0.0.1:{variables['PORT']}", process, log)
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
async def server_beside(mongodb_uri: str, **variables: Setting) -> AsyncIterator[Server]:
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
