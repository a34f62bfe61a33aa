"""Run all tests but the long forms: `python -m tests [--at INSTANT] [--coverage]`."""

import argparse
import sys
from contextlib import nullcontext
from datetime import datetime

from tests.fake_clock import ahead_to
from tests.lanes import JOBS, run
from tests.programs import EACH_RUN, Missing, see_to
from web.console import complain


def _instant(text: str) -> datetime:
    """Read a date, or a date and a time, of this machine's zone."""
    return datetime.fromisoformat(text).astimezone()


def main() -> int:
    """See to the programs that tests need, and run the tests; 0 when all of them passed."""
    parser = argparse.ArgumentParser(prog="just test", description=__doc__)
    parser.add_argument("--at", type=_instant, metavar="INSTANT", help="as if it were then")
    parser.add_argument(
        "--coverage", action="store_true", help="without a browser: what is not run"
    )
    asked = parser.parse_args()
    jobs = (
        [job for job in JOBS if job.name not in {"browser", "screens"}] if asked.coverage else JOBS
    )
    try:
        see_to(EACH_RUN)
        with ahead_to(asked.at) if asked.at else nullcontext() as variables:
            return run(jobs, variables, covered=asked.coverage)
    except Missing as missing:
        complain(missing)
        return 1


if __name__ == "__main__":
    sys.exit(main())
