"""The figures as `docs/figures.md` has them."""

from collections.abc import Sequence

from tests.bench.machine import Told
from tests.bench.peer.table import PeerRow, peer_table
from tests.bench.report import Row, table

_MEASURED = """\
On {date}, on {cores} cores of {processor}, with Python {python} and {database}; medians, with the
least and the most of all rounds:
"""


def section(told: Told, rows: Sequence[Row], beside: Sequence[PeerRow] = ()) -> str:
    """Write what was measured, what misses its aim, and what a peer does, in Markdown."""
    missed = [f"- {row.figure}: {_missed(row)}" for row in rows if row.met is False]
    below = ["", "Missed:", "", *missed] if missed else []
    ours = [table(rows), *below] if rows else []
    theirs = ["", peer_table(beside)] if beside else []
    return "\n".join([_MEASURED.format(**told), *ours, *theirs])


def _missed(row: Row) -> str:
    assert row.aim
    found = row.ratio if row.aim.of_ratio else row.value
    return f"{found or 0:.3g}, where the aim is {row.aim}"
