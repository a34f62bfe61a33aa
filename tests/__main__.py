"""Run all tests but the long forms: `python -m tests [--at INSTANT] [--coverage]`."""

import argparse
import sys
from contextlib import nullcontext
from datetime import datetime

from tests.fake_clock import ahead_to
from tests.lanes import JOBS, Job, run
from tests.programs import EACH_RUN, OTHER_BROWSERS, Missing, see_to, wish_for
from web.console import complain


def _instant(text: str) -> datetime:
    """Read a date, or a date and a time, of this machine's zone."""
    return datetime.fromisoformat(text).astimezone()


def without_a_browser() -> list[Job]:
    """Return the jobs that need no browser."""
    return [job for job in JOBS if not any("tests/browser" in each for each in job.arguments)]


def runnable(*, at_another_time: bool) -> list[Job]:
    """Return the jobs whose browsers are here, or can be installed; only Chromium's clock moves."""
    missing = set(OTHER_BROWSERS if at_another_time else wish_for(OTHER_BROWSERS))
    return [job for job in JOBS if missing.isdisjoint(job.needs)]


def main() -> int:
    """See to the programs that tests need, and run the tests; 0 when all of them passed."""
    parser = argparse.ArgumentParser(prog="just test", description=__doc__)
    parser.add_argument("--at", type=_instant, metavar="INSTANT", help="as if it were then")
    parser.add_argument(
        "--coverage", action="store_true", help="without a browser: what is not run"
    )
    asked = parser.parse_args()
    try:
        see_to(EACH_RUN)
        jobs = without_a_browser() if asked.coverage else runnable(at_another_time=bool(asked.at))
        with ahead_to(asked.at) if asked.at else nullcontext() as variables:
            return run(jobs, variables, covered=asked.coverage)
    except Missing as missing:
        complain(missing)
        return 1


if __name__ == "__main__":
    sys.exit(main())
