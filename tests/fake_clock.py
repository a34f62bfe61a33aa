"""Runs at another date: the tests, the servers they start and their pages live ahead of the clock.

libfaketime tells Python another time. A mongod and a Chromium never start under it: they run
without it, and pages have their `Date` moved instead (`IN_PAGES`). So the database's own clock
stays as it is, and what MongoDB deletes by itself goes later.
"""

import inspect
import os
import select
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.programs import Missing, any_chromium, program
from tests.servers import mongod

AHEAD_S = int(os.environ.get("TEST_CLOCK_AHEAD_S", "0"))
"""How far this run is ahead of the real clock."""

IN_PAGES = f"""(() => {{
  const Real = Date, ahead = {1000 * AHEAD_S};
  class Ahead extends Real {{
    constructor(...given) {{ given.length ? super(...given) : super(Real.now() + ahead); }}
    static now() {{ return Real.now() + ahead; }}
  }}
  globalThis.Date = new Proxy(Ahead, {{ apply: () => new Ahead().toString() }});
}})();"""
"""The script that moves a page's clock."""


def mend_pauses() -> None:
    """Pause without `time.sleep`.

    libfaketime takes the end of a pause, as Python's own names it to the system, for an instant of
    the moved clock, and refuses.
    """
    time.sleep = lambda seconds: select.select([], [], [], float(seconds)) and None


_CUSTOMIZED = f"import select, time\n{inspect.getsource(mend_pauses)}mend_pauses()\n"
"""What each Python begins with."""


def move_pages() -> None:
    """Have every page of this process live ahead of the clock, as its servers do."""
    from playwright.sync_api import Browser, BrowserContext  # noqa: PLC0415 - browser tests alone

    new_context = Browser.new_context

    def new_context_ahead(browser: Browser, **options: Any) -> BrowserContext:
        context = new_context(browser, **options)
        context.add_init_script(IN_PAGES)
        return context

    Browser.new_context = new_context_ahead  # type: ignore[method-assign, assignment]


@contextmanager
def ahead_to(instant: datetime) -> Iterator[dict[str, str]]:
    """Yield the variables that a process needs for it to be `instant` now, and to go on from there.

    Raises:
        Missing: The instant is past (what expires would be gone at once), or faketime is not here.
    """
    seconds = round((instant - datetime.now(UTC)).total_seconds())
    if seconds <= 0:
        raise Missing(f"Tests can run ahead of the clock, not behind it: {instant} is past.")
    with tempfile.TemporaryDirectory() as folder:
        for name, real in _those_that_never_start().items():
            _wrap(Path(folder) / name, real)
        (Path(folder) / "sitecustomize.py").write_text(_CUSTOMIZED)
        yield {
            "LD_PRELOAD": _library(),
            "FAKETIME": f"+{seconds}s",
            "DONT_FAKE_MONOTONIC": "1",
            "FAKETIME_FORCE_MONOTONIC_FIX": "0",  # by it, who waits for another thread spins
            "TEST_CLOCK_AHEAD_S": str(seconds),
            "PATH": os.pathsep.join([folder, os.environ.get("PATH", os.defpath)]),
            "PYTHONPATH": os.pathsep.join([folder, os.environ.get("PYTHONPATH", "")]).rstrip(":"),
            "CHROMIUM": str(Path(folder) / "chromium"),
        }


def _library() -> str:
    """Return what the faketime command has other programs load."""
    command = [str(program("faketime")), "-f", "+0s", "printenv", "LD_PRELOAD"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def _those_that_never_start() -> dict[str, Path]:
    found = {"chromium": any_chromium(), "mongod": server.program if (server := mongod()) else None}
    return {name: Path(shutil.which(real) or real) for name, real in found.items() if real}


def _wrap(wrapper: Path, real: Path) -> None:
    """Write a command that starts the real one on the real clock."""
    wrapper.write_text(f'#!/bin/sh\nunset LD_PRELOAD FAKETIME\nexec "{real}" "$@"\n')
    wrapper.chmod(0o755)
