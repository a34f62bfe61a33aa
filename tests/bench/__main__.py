"""The bench: each figure beside its floor, in a table."""

import argparse
import signal
import sys
import traceback
from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from time import monotonic

from tests.bench.document import section
from tests.bench.engines import ENGINES, given, running, version_of
from tests.bench.figures import FIGURES
from tests.bench.machine import Told, load, machine, read_json, read_peer, write_json
from tests.bench.peer.asking import Peer
from tests.bench.peer.options import PEER, add_options, peer_of
from tests.bench.peer.table import PeerRow, peer_table
from tests.bench.report import Row, table
from tests.bench.scale import FULL, QUICK
from web.console import Trouble, complain, say
from web.server.worker import allow_many_connections

BUSY = 0.5
"""A load of this much before the bench has begun is somebody else's."""


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="just bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small: to see that it works")
    parser.add_argument("--only", choices=[*FIGURES, PEER], action="append", help="one; repeatable")
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--engine", choices=ENGINES, default="mongod", help="the database")
    where.add_argument("--server", metavar="URI", help="one that runs already, instead")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every round there, too")
    parser.add_argument("--show", type=Path, metavar="FILE", help="print that, as docs have it")
    add_options(parser)
    return parser.parse_args()


def _server(arguments: argparse.Namespace) -> AbstractContextManager[str]:
    return given(arguments.server) if arguments.server else running(arguments.engine)


def _introduce(arguments: argparse.Namespace) -> Told:
    """Say what this is measured on."""
    with _server(arguments) as server:
        told = machine(version_of(server))
    say("; ".join(f"{name}: {value}" for name, value in told.items()))
    if load() > BUSY:
        say("This machine does other things, too: what is measured now is worth little.")
    return told


def _measure(arguments: argparse.Namespace) -> bool:
    """Measure, and print a table of each figure as soon as it is known; False where one failed."""
    peer, told = peer_of(arguments), _introduce(arguments)
    beside = _beside(peer, arguments) if peer else []
    if arguments.json:
        write_json(arguments.json, told, [], beside)
    names = [name for name in arguments.only or FIGURES if name != PEER]
    rows: list[Row] = []
    failed: list[str] = []
    for n, name in enumerate(names, 1):
        say(f"Measuring {name}, {n} of {len(names)}.")
        begun = monotonic()
        try:
            measured = _figure(name, arguments)
        except Exception:  # the others are worth having all the same
            failed.append(name)
            traceback.print_exc()
            continue
        rows += measured
        say(f"Measured {name} in {monotonic() - begun:.0f} s.\n\n{table(measured)}\n")
        if arguments.json:
            write_json(arguments.json, told, rows, beside)
    if failed:
        complain(f"Not measured, for the reasons above: {', '.join(failed)}.")
    return not failed


def _beside(peer: Peer, arguments: argparse.Namespace) -> Sequence[PeerRow]:
    """Measure the peer before all else: what it lacks shows at once."""
    from tests.bench.peer.measuring import measure  # noqa: PLC0415 - its library is optional

    say(f"Measuring beside {peer.url}.")
    with _server(arguments) as server:
        rows = measure(server, QUICK if arguments.quick else FULL, peer)
    say(f"Measured beside {peer.url}.\n\n{peer_table(rows)}\n")
    return rows


def _figure(name: str, arguments: argparse.Namespace) -> Sequence[Row]:
    with _server(arguments) as server:
        return FIGURES[name](server, QUICK if arguments.quick else FULL)


def main() -> int:
    """Measure, or show what was measured before."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # what was started ends, too
    allow_many_connections()
    arguments = _arguments()
    try:
        if arguments.show:
            say(section(*read_json(arguments.show), read_peer(arguments.show)))
            return 0
        return 0 if _measure(arguments) else 1
    except Trouble as trouble:
        complain(trouble)
        return 1


if __name__ == "__main__":
    sys.exit(main())
