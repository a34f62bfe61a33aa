"""The workers: started, watched, replaced when one dies, and ended together."""

import os
import select
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from web.console import Trouble, complain

STOP_S = 8.0
"""More than a worker's own grace for what is in flight; less than the ten seconds hosts give us."""

PAUSE_S = 0.2
REPLACE_AFTER_S = 1.0


@dataclass(frozen=True)
class Worker:
    """A worker's process, and the pipe on which it says that it is ready."""

    process: subprocess.Popen[bytes]
    ready: int

    def wait_until_ready(self) -> bool:
        """Wait; False when it ended first."""
        while not select.select([self.ready], [], [], PAUSE_S)[0]:
            pass
        return bool(os.read(self.ready, 16))


def start_worker(listening: socket.socket, environment: Mapping[str, str]) -> Worker:
    """Start one process that serves on the socket.

    It gets a session of its own, so that Ctrl-C in a terminal reaches it once: by the launcher.
    """
    ready, tell = os.pipe()
    own = {
        "WORKER_LAUNCHER": str(os.getpid()),
        "WORKER_READY": str(tell),
        "WORKER_SOCKET": str(listening.fileno()),
    }
    try:
        process = subprocess.Popen(
            [sys.executable, "-m", "web.server.worker"],
            env={**environment, **own},
            stdin=subprocess.PIPE,
            start_new_session=True,
            pass_fds=(tell, listening.fileno()),
        )
    finally:
        os.close(tell)
    return Worker(process, ready)


def run_workers(
    count: int,
    start: Callable[[], Worker],
    *,
    when_ready: Callable[[], None],
    when_dead: Callable[[Worker], None],
    check: Callable[[], None],
    stop_listening: Callable[[], None],
) -> None:
    """Run so many workers until an exception ends it, KeyboardInterrupt as a rule.

    Args:
        count: How many.
        start: Starts one.
        when_ready: Called once, when all of them serve.
        when_dead: Called with one that ended by itself, before another takes its place.
        check: Called several times a second; raises when there is no sense in going on.
        stop_listening: Called before the workers end: who connects from now on is
            refused at once, and a proxy goes to the next server.

    Raises:
        Trouble: A worker ended before it was ever ready.
    """
    workers: list[Worker] = []
    try:
        for _ in range(count):
            workers.append(start())  # noqa: PERF401 - those started are ended, come what may
        if not all(worker.wait_until_ready() for worker in workers):
            raise Trouble("The server did not start: the reason stands above.")
        when_ready()
        while True:
            time.sleep(PAUSE_S)
            check()
            _replace_dead(workers, start, when_dead)
    finally:
        stop_listening()
        _stop(workers)


def _replace_dead(
    workers: list[Worker], start: Callable[[], Worker], when_dead: Callable[[Worker], None]
) -> None:
    for index, worker in enumerate(workers):
        if worker.process.poll() is None:
            continue
        complain(f"A worker ended (exit code {worker.process.returncode}): starting another.")
        when_dead(worker)
        time.sleep(REPLACE_AFTER_S)
        replacement = start()
        _close(worker)
        workers[index] = replacement


def _stop(workers: list[Worker]) -> None:
    for worker in workers:
        worker.process.terminate()
    deadline = time.monotonic() + STOP_S
    for worker in workers:
        try:
            worker.process.wait(max(0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            complain(f"A worker did not end within {STOP_S:.0f} s: ending it by force.")
            worker.process.kill()
            worker.process.wait()
        _close(worker)


def _close(worker: Worker) -> None:
    os.close(worker.ready)
    if worker.process.stdin:
        worker.process.stdin.close()
