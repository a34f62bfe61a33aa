"""The bench works: one of its figures, small, from the command to what it writes."""

import json
import subprocess
import sys

import pytest

from tests.bench.report import Aim, Row, table
from tests.servers import ROOT


@pytest.mark.timeout(180)
def test_the_bench_measures_prints_and_writes(tmp_path):
    written = tmp_path / "figures.json"
    command = [sys.executable, "-m", "tests.bench", "--quick", "--json", str(written)]
    command += ["--only", "bookings"]

    ran = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=170, check=False
    )

    assert ran.returncode == 0, ran.stderr
    told = json.loads(written.read_text())
    assert [len(row["ours"]) for row in told["rows"]] == [1]
    assert all(row["ratio"] > 0 for row in told["rows"])
    assert told["machine"]["cores"] >= 1
    assert all(f"| {row['figure']} |" in ran.stdout for row in told["rows"])


def test_a_row_judges_by_the_median_of_its_rounds():
    slow = Row("pages", "a second", [10, 30, 20], [100, 100, 100], Aim(least=0.4))
    fast = Row("pages", "ms", [10, 30, 20], [10, 10, 10], Aim(most=2))
    small = Row("memory", "KiB", [41, 39, 40], [8, 8, 8], Aim(most=40, of_ratio=False))

    assert [(row.ratio, row.met) for row in (slow, fast, small)] == [
        (0.2, False),
        (2, True),
        (5, True),
    ]
    assert (
        table([slow]).splitlines()[-1]
        == "| pages | a second | 20 | 100 | 0.20 | ratio ≥ 0.4 | **no** |"
    )


def test_a_floor_of_nothing_has_no_ratio():
    lost = Row("events lost", "", [0, 0, 0], [0, 0, 0], Aim(most=0, of_ratio=False))

    assert (lost.ratio, lost.met) == (None, True)
