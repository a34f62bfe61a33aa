"""The figures as `docs/figures.md` has them."""

from collections.abc import Sequence

from tests.bench.machine import Told
from tests.bench.report import Row, table

_MEASURED = """\
On {date}, on {cores} cores of {processor}, with Python {python} and {database}; medians, with the
least and the most of all rounds:
"""


def section(told: Told, rows: Sequence[Row]) -> str:
    """Write what was measured, and what misses its aim, in Markdown."""
    missed = [f"- {row.figure}: {_missed(row)}" for row in rows if row.met is False]
    below = ["", "Missed:", "", *missed] if missed else []
    return "\n".join([_MEASURED.format(**told), table(rows), *below])


def _missed(row: Row) -> str:
    assert row.aim
    found = row.ratio if row.aim.of_ratio else row.value
    return f"{found or 0:.3g}, where the aim is {row.aim}"
