"""Where things run: each on a core of its own, as far as there are two.

The program, or the bare floor in its place, has `PROGRAM`; the database and whatever makes load
have `LOAD`, so that neither side takes time from the other.
"""

import asyncio
import os
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import uvloop

PROGRAM, LOAD = 0, 1
PINNED = hasattr(os, "sched_setaffinity") and (os.cpu_count() or 1) > 1

P = ParamSpec("P")
T = TypeVar("T")


@contextmanager
def on_core(core: int) -> Iterator[None]:
    """Have every process that is started meanwhile run on one core."""
    if not PINNED:
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def apart(
    core: int, work: Callable[P, Coroutine[Any, Any, T]], *args: P.args, **kwargs: P.kwargs
) -> T:
    """Run a coroutine function in the bench's own process on a core; return what it returns."""
    with on_core(core):
        return _process_on(core).submit(_run, work, args, kwargs).result()


@cache
def _process_on(core: int) -> ProcessPoolExecutor:  # noqa: ARG001 - one for each
    """Return what runs on a core: it starts once, since that takes longer than most of its work."""
    return ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn"))


def _run(work: Callable[..., Coroutine[Any, Any, T]], args: Any, kwargs: Any) -> T:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(work(*args, **kwargs))


@dataclass(frozen=True)
class Served:
    """A running server: where it answers, and the process that does."""

    url: str
    pid: int


def processor_us(pid: int) -> float:
    """Return the processor time that a process has used so far, in microseconds."""
    threads = Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(thread.read_text().split()[0]) for thread in threads) / 1000


def private_kib(pid: int) -> int:
    """Return how much memory a process has to itself, in KiB."""
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    private = [line.split()[1] for line in rollup.splitlines() if line.startswith("Private_")]
    return sum(int(kib) for kib in private)
