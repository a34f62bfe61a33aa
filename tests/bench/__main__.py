"""The bench: `python -m tests.bench [--quick] [--only NAME] [--json FILE]`."""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from tests.bench.figures import (
    bookings,
    crowd,
    fanout,
    flatness,
    memory,
    reading,
    reconnects,
    windows,
)
from tests.bench.report import Row, machine, table, write_json
from tests.bench.scale import FULL, QUICK, Scale
from web.console import say

FIGURES: dict[str, Callable[[Scale], Sequence[Row]]] = {
    "fanout": fanout.measure,
    "memory": memory.measure,
    "bookings": bookings.measure,
    "crowd": crowd.measure,
    "reading": reading.measure,
    "reconnects": reconnects.measure,
    "flatness": flatness.measure,
    "windows": windows.measure,
}


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="just bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small: to see that it works")
    parser.add_argument("--only", choices=FIGURES, action="append", help="one figure; repeatable")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every round there, too")
    return parser.parse_args()


def main() -> int:
    """Measure, and print a table of each figure as soon as it is known."""
    arguments = _arguments()
    told = machine()
    say("; ".join(f"{name}: {value}" for name, value in told.items()))
    rows: list[Row] = []
    for name in arguments.only or FIGURES:
        say(f"Measuring: {name}.")
        measured = FIGURES[name](QUICK if arguments.quick else FULL)
        rows += measured
        say(f"\n{table(measured)}\n")
        if arguments.json:
            write_json(arguments.json, told, rows)
    return 0


if __name__ == "__main__":
    sys.exit(main())
