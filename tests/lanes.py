"""All tests in lanes, side by side: each job is a pytest of its own, told of as a whole.

Each has its own database server, since a change stream reads all that is written to its server.
They keep their files in memory where there is room.
"""

import os
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass

from tests.servers import ROOT, end, quick_folder
from web.console import say

LANES = 4
"""Two more than cores: tests wait for what is started, killed and elected, with no core busy."""
PYTEST = ("pytest", "-q", "--durations=15")
COVERED = ("coverage", "run", "-m", *PYTEST)
NOTHING_FOUND = 5
"""How pytest ends where a job has no test of the kind that was asked for."""

_COUNTED = re.compile(r"(\d+) ([a-z]+)")
_RULE = "=" * 80


@dataclass(frozen=True)
class Job:
    """Some of the tests."""

    name: str
    arguments: tuple[str, ...]
    needs: tuple[str, ...] = ()
    """Programs without which there is no sense in running them."""


SCREENS = "tests/browser/screens"
WEBKIT = "tests/browser/test_webkit.py"
FIRST_JOURNEY = "tests/browser/test_journeys.py::test_two_windows_and_one_time"
STARTS = "tests/web/server/test_startup.py"
ELSEWHERE = ("web", "domain", "mail", "faults", "model", "live", "crash")
JOBS = (
    Job("browser", ("tests/browser", f"--ignore={SCREENS}", f"--ignore={WEBKIT}")),
    Job("domain", ("tests/domain", "tests/mail")),
    Job("web", ("tests/web", "--ignore=tests/web/server", "--ignore=tests/web/desk")),
    Job("live", ("tests/live", "tests/crash")),
    Job("rest", ("tests", *(f"--ignore=tests/{folder}" for folder in ELSEWHERE))),
    Job("faults", ("tests/faults", "tests/model")),
    Job("screens", (SCREENS,)),
    Job("server", ("tests/web/server", f"--ignore={STARTS}")),
    Job("starts", (STARTS,)),
    Job("desk", ("tests/web/desk",)),
    Job("webkit", (WEBKIT,), ("webkit2gtk-driver", "xvfb")),
    Job("firefox", (FIRST_JOURNEY, "--browser", "firefox"), ("firefox-esr",)),
)
"""The longest first; tests that wait run beside tests that work. A new folder joins the rest."""


@dataclass(frozen=True)
class Outcome:
    """What became of a job."""

    job: Job
    code: int
    output: str

    @property
    def passed(self) -> bool:
        """Whether nothing failed."""
        return self.code in {0, NOTHING_FOUND}

    @property
    def summary(self) -> str:
        """The line that pytest ends with, where it came so far."""
        line = self.output.rstrip().rpartition("\n")[2].strip("= ")
        return line if " in " in line else f"ended with code {self.code}"


class Lanes:
    """Runs jobs, some at a time; those that still run end with it."""

    def __init__(self, environment: Mapping[str, str], command: Sequence[str] = PYTEST) -> None:
        self._environment = environment
        self._command = command
        self._running: list[subprocess.Popen[bytes]] = []
        self._stopped = False

    def run(self, jobs: Sequence[Job]) -> list[Outcome]:
        """Run them all, and tell of each as a whole when it has ended."""
        outcomes = []
        with ThreadPoolExecutor(LANES) as lanes:
            try:
                for done in as_completed([lanes.submit(self._run, job) for job in jobs]):
                    outcomes.append(outcome := done.result())
                    say(f"\n{_RULE}\n{outcome.job.name}\n{_RULE}\n{outcome.output}")
            finally:
                self._stopped = True
                for process in self._running:
                    end(process)
        return outcomes

    def _run(self, job: Job) -> Outcome:
        with tempfile.TemporaryFile() as output:
            code = self._wait_for(job, output.fileno())
            output.seek(0)
            text = output.read().decode(errors="replace")
        return Outcome(job, code, text)

    def _wait_for(self, job: Job, output: int) -> int:
        if self._stopped:
            return 1
        say(f"Started: {job.name}.")
        command = [sys.executable, "-m", *self._command, *job.arguments]
        process = subprocess.Popen(
            command, cwd=ROOT, env=self._environment, stdout=output, stderr=output
        )
        self._running.append(process)
        return process.wait()


def run(
    jobs: Sequence[Job], more: Mapping[str, str] | None = None, *, covered: bool = False
) -> int:
    """Run jobs side by side and tell of them; 0 when nothing failed.

    Args:
        jobs: What to run.
        more: Variables that the tests get beside those of this process.
        covered: Whether to tell which lines were not run, by no server either. It takes half as
            long again.
    """
    started = time.monotonic()
    with tempfile.TemporaryDirectory(dir=quick_folder()) as folder:
        own = {"TMPDIR": folder, "COVERAGE_FILE": f"{folder}/coverage"}
        environment = {**os.environ, **own, **_compiled_once(folder), **(more or {})}
        outcomes = Lanes(environment, COVERED if covered else PYTEST).run(jobs)
        if covered:
            for step in ("combine", "report"):
                command = [sys.executable, "-m", "coverage", step]
                subprocess.run(command, cwd=ROOT, env=environment, check=False)
    say(told(outcomes, time.monotonic() - started))
    return 0 if all(outcome.passed for outcome in outcomes) else 1


def _compiled_once(folder: str) -> dict[str, str]:
    """Return variables with which Python compiles a module for the first process, not for each.

    Compiling takes more than half of what a server needs to start, and hundreds are started.
    """
    return {"PYTHONPYCACHEPREFIX": f"{folder}/compiled", "PYTHONDONTWRITEBYTECODE": ""}


def told(outcomes: Sequence[Outcome], seconds: float) -> str:
    """Return the last lines: each job's summary, and all of them together."""
    lines = [f"{outcome.job.name}: {outcome.summary}" for outcome in outcomes]
    counted: Counter[str] = Counter()
    for outcome in outcomes:
        for count, what in _COUNTED.findall(outcome.summary.rpartition(" in ")[0]):
            counted[what] += int(count)
    together = ", ".join(f"{count:,} {what}" for what, count in sorted(counted.items()))
    failed = [outcome.job.name for outcome in outcomes if not outcome.passed]
    ends = f"Failed: {', '.join(failed)}." if failed else "All passed."
    minutes, rest = divmod(round(seconds), 60)
    return "\n".join([_RULE, *lines, f"{together} in {minutes} min {rest} s. {ends}"])
