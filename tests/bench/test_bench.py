"""The bench works: one of its figures, small, from the command to what it writes."""

import json
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest
from pymongo import MongoClient

from tests.bench.document import section
from tests.bench.machine import read_json
from tests.bench.report import Aim, Row, table
from tests.bench.rounds import in_rounds
from tests.servers import ROOT


def bench(*options: str | Path) -> str:
    """Run the command; return what it prints."""
    command = [sys.executable, "-m", "tests.bench", *map(str, options)]
    ran = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=170, check=False
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


@pytest.mark.soak  # all figures, if small ones
@pytest.mark.timeout(240)
def test_the_bench_measures_prints_and_writes(tmp_path, mongodb_uri):
    written = tmp_path / "figures.json"
    before = names_of_databases(mongodb_uri)

    printed = bench("--quick", "--only", "bookings", "--server", mongodb_uri, "--json", written)

    told = json.loads(written.read_text())
    assert [len(row["ours"]) for row in told["rows"]] == [1, 1, 1, 1]
    assert all(row["ratio"] > 0 for row in told["rows"])
    assert told["machine"]["cores"] >= 1
    shown = section(*read_json(written))
    assert told["machine"]["database"] in shown
    assert all(f"| {row['figure']}, {row['unit']} |" in printed for row in told["rows"])
    assert all(f"| {row['figure']}, {row['unit']} |" in shown for row in told["rows"])
    assert names_of_databases(mongodb_uri) <= before


def names_of_databases(server: str) -> set[str]:
    with MongoClient[dict[str, object]](server) as client:
        return {name for name in client.list_database_names() if name.startswith("bench_")}


def test_a_row_judges_by_the_median_of_its_rounds():
    slow = Row("pages", "a second", [10, 30, 20], [100, 100, 100], Aim(least=0.4), "bare")
    fast = Row("pages", "ms", [10, 30, 20], [10, 10, 10], Aim(most=2))
    small = Row("memory", "KiB", [41, 39, 40], [8, 8, 8], Aim(most=40, of_ratio=False))

    assert [(row.ratio, row.met) for row in (slow, fast, small)] == [
        (0.2, False),
        (2, True),
        (5, True),
    ]
    assert (
        table([slow]).splitlines()[-1]
        == "| pages, a second | 20 (10 to 30) | 100 | bare | 0.20 (0.10 to 0.30) "
        "| ratio ≥ 0.4 **missed** |"
    )


def test_a_floor_of_nothing_has_no_ratio():
    lost = Row("events lost", "", [0, 0, 0], [0, 0, 0], Aim(most=0, of_ratio=False))

    assert (lost.ratio, lost.met) == (None, True)


def test_what_misses_its_aim_is_named_below_the_table():
    told = {"date": "2031-07-08", "cores": 2, "processor": "one", "python": "3", "database": "it"}
    slow = Row("pages", "a second", [20], [100], Aim(least=0.4), "bare")
    heavy = Row("memory", "KiB", [41], [8], Aim(most=40, of_ratio=False))
    fine = Row("bookings", "a second", [90], [100], Aim(least=0.4), "bare")

    missed = section(told, [slow, heavy, fine]).partition("Missed:")[2].split("\n")

    assert missed == [
        "",
        "",
        "- pages: 0.2, where the aim is ratio ≥ 0.4",
        "- memory: 41, where the aim is ≤ 40",
    ]


def test_the_program_and_its_floor_take_turns():
    order: list[str] = []

    def side(name: str) -> int:
        order.append(name)
        return len(order)

    found = in_rounds("figure", 2, partial(side, "program"), partial(side, "floor"))

    assert order == ["program", "floor", "program", "floor"]
    assert found == [[1, 3], [2, 4]]
