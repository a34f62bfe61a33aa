"""The table of faults: `python -m tests.faults [--only NAME] [--election MS] [--seconds S]`."""

import argparse
import asyncio
import sys
from collections.abc import Sequence

from tests.faults.asleep import ASLEEP_S, play_asleep
from tests.faults.breaks import KILLED, LAGGING, LOST, SILENT, STEPS_DOWN
from tests.faults.play import LONG_MAIL_S, play_long
from tests.faults.report import Line, table
from tests.faults.scene import LONG
from tests.faults.site import Site, site
from tests.replica_set import SHORT_ELECTION_MS, replica_set
from web.console import say

FAULTS = {
    "killed": KILLED,
    "silent": SILENT,
    "step-down": STEPS_DOWN,
    "lost": LOST,
    "lagging": LAGGING,
}
ASLEEP = "asleep"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    names = [*FAULTS, ASLEEP]
    parser.add_argument("--only", choices=names, action="append", help="one fault; repeatable")
    parser.add_argument("--election", type=int, default=SHORT_ELECTION_MS, metavar="MS")
    parser.add_argument("--seconds", type=float, help="how long each fault lasts, for a try")
    return parser.parse_args()


async def _play(place: Site, name: str, seconds: float | None) -> Line:
    """Play one fault in its full length."""
    if name == ASLEEP:
        found, verdict = await play_asleep(
            place, size=LONG, seconds=seconds or ASLEEP_S, mail_patience_s=LONG_MAIL_S
        )
        return Line("worker stopped", found, verdict)
    fault = FAULTS[name]
    return Line(fault.name, *await play_long(place, fault, seconds=seconds))


async def measure(names: Sequence[str], election_ms: int, seconds: float | None) -> list[Line]:
    """Play faults, each on a set of its own."""
    lines = []
    for name in names:
        say(f"Playing: {name}.")
        with replica_set(election_ms=election_ms) as nodes:
            async with site(nodes) as place:
                lines.append(await _play(place, name, seconds))
        say(f"\n{table([lines[-1].cells()])}\n")
        for kind, wrong in lines[-1].verdict.wrong.items():
            say(f"{kind}: {wrong}")
    return lines


def main() -> int:
    """Play, and print the table."""
    arguments = _arguments()
    names = arguments.only or [*FAULTS, ASLEEP]
    lines = asyncio.run(measure(names, arguments.election, arguments.seconds))
    say(f"\n{table(line.cells() for line in lines)}")
    return 1 if any(line.verdict.wrong for line in lines) else 0


if __name__ == "__main__":
    sys.exit(main())
