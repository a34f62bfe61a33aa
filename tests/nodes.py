"""One server of a replica set: started, killed, silenced and asked by itself."""

import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pymongo import MongoClient
from pymongo.errors import PyMongoError

from tests.servers import mongod
from tests.waiting import PATIENCE_S

NAME = "rs0"
_PAUSE_S = 0.05
_ASKING_MS = 1_000
_GUARD = 'while read -r pid; do all="$all -$pid"; done; kill -9 $all'

T = TypeVar("T")


class ReplicaSetFailed(Exception):  # noqa: N818 - says what did not come about
    """The set did not do in time what it was waited for."""


def wait(what: str, done: Callable[[], T | None], *, within: float = PATIENCE_S) -> T:
    """Wait for a true answer and return it; raise ReplicaSetFailed where none comes."""
    deadline = time.monotonic() + within
    while not (found := done()):
        if time.monotonic() > deadline:
            raise ReplicaSetFailed(what)
        time.sleep(_PAUSE_S)
    return found


class Guard:
    """Kills processes once this process is gone: a pipe closes that it holds.

    The signal that Linux sends at a parent's death comes at the death of the parent's thread.
    """

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            ["sh", "-c", _GUARD], stdin=subprocess.PIPE, start_new_session=True
        )

    def watch(self, pid: int) -> None:
        """Kill this one, too, with all of its session, which it began."""
        assert self._process.stdin is not None
        self._process.stdin.write(b"%d\n" % pid)
        self._process.stdin.flush()

    def end(self) -> None:
        """Watch no longer."""
        assert self._process.stdin is not None
        self._process.kill()
        self._process.wait()
        self._process.stdin.close()


@dataclass
class Node:
    """One server of the set."""

    port: int
    folder: Path
    guard: Guard
    options: Sequence[str] = ()
    process: subprocess.Popen[bytes] | None = None
    is_silent: bool = False

    @property
    def host(self) -> str:
        """Its name in the set."""
        return f"127.0.0.1:{self.port}"

    @property
    def answers(self) -> bool:
        """Say whether it can: it runs, and was not silenced."""
        return self.process is not None and self.process.poll() is None and not self.is_silent

    def start(self) -> None:
        """Start it on its folder; it answers a moment later."""
        self.folder.mkdir(exist_ok=True)
        self.process = subprocess.Popen(
            [*self._command(), *self.options],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self.guard.watch(self.process.pid)

    def wait_until_it_answers(self) -> None:
        """Wait; fails with the end of its log where it has ended."""
        wait(f"{self.host} is silent", lambda: not self.answers or self.hello())
        if not self.answers:
            raise ReplicaSetFailed(f"{self.host} ended:\n{self.log[-2_000:]}")

    def _command(self) -> list[str]:
        server = mongod()
        if server is None:
            raise ReplicaSetFailed("no mongod runs here")
        command = [
            str(server.program),
            "--replSet",
            NAME,
            "--bind_ip",
            "127.0.0.1",
            "--port",
            str(self.port),
        ]
        command += ["--dbpath", str(self.folder), "--logpath", str(self.folder / "log")]
        command += ["--logappend", "--nounixsocket", "--oplogSize", "200"]
        command += ["--wiredTigerCacheSizeGB", "0.25", "--networkMessageCompressors", "disabled"]
        return command

    @property
    def log(self) -> str:
        """What it has written."""
        log = self.folder / "log"
        return log.read_text(errors="replace") if log.exists() else ""

    def kill(self) -> None:
        """End it at once, as a power cut does."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()
        self.is_silent = False

    def silence(self) -> None:
        """Have it answer nothing and close nothing, as a host does that is cut off."""
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP)
        wait("it goes on", self._stands_still)
        self.is_silent = True

    def _stands_still(self) -> bool:
        """Say whether all of its threads have stopped, which takes a moment on a busy machine."""
        assert self.process is not None
        tasks = Path(f"/proc/{self.process.pid}/task")
        if not tasks.exists():  # where no system tells, it is taken for done
            return True
        states = [
            (task / "stat").read_text().rpartition(")")[2].split()[0] for task in tasks.iterdir()
        ]
        return set(states) == {"T"}

    def wake(self) -> None:
        """Have it go on from where it was silenced."""
        assert self.process is not None
        self.process.send_signal(signal.SIGCONT)
        self.is_silent = False

    def run(self, command: str, value: Any = 1, **options: Any) -> dict[str, Any]:
        """Run a command of administration on this node.

        Raises:
            PyMongoError: It failed, or was not answered within a second.
        """
        with self.client(_ASKING_MS) as client:
            return client.admin.command(command, value, **options)

    def client(self, timeout_ms: int) -> MongoClient[dict[str, Any]]:
        """Connect to this node alone."""
        return MongoClient(
            "127.0.0.1",
            self.port,
            directConnection=True,
            serverSelectionTimeoutMS=timeout_ms,
            connectTimeoutMS=timeout_ms,
            socketTimeoutMS=timeout_ms,
            retryReads=False,
        )

    def hello(self) -> Mapping[str, Any]:
        """Return how it describes itself; nothing where it doesn't answer."""
        if not self.answers:
            return {}
        try:
            return self.run("hello")
        except PyMongoError:
            return {}
