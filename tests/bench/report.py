"""What a figure says: rounds of the program beside rounds of its floor, and what is aimed at."""

import json
import os
import platform
import subprocess
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

from tests.bench.processes import PINNED


@dataclass(frozen=True)
class Aim:
    """What the ratio, or the program's own value, should keep to."""

    most: float | None = None
    least: float | None = None
    of_ratio: bool = True

    def met_by(self, ratio: float, value: float) -> bool:
        """Say whether a result is as it should be."""
        judged = ratio if self.of_ratio else value
        return (self.most is None or judged <= self.most) and (
            self.least is None or judged >= self.least
        )

    def __str__(self) -> str:
        judged = "ratio " if self.of_ratio else ""
        return judged + (f"≥ {self.least:g}" if self.most is None else f"≤ {self.most:g}")


@dataclass(frozen=True)
class Row:
    """One line of the table. Each round has a value of the program's and one of the floor's."""

    figure: str
    unit: str
    ours: Sequence[float]
    floor: Sequence[float]
    aim: Aim | None = None
    """None: told for comparison."""

    @property
    def value(self) -> float:
        """The program's median."""
        return median(self.ours)

    @property
    def ratio(self) -> float | None:
        """The median of each round's ratio; None where the floor is nothing."""
        if not self.floor or not all(self.floor):
            return None
        return median(o / f for o, f in zip(self.ours, self.floor, strict=True))

    @property
    def met(self) -> bool | None:
        """Whether the aim is met; None where there is none."""
        return None if self.aim is None else self.aim.met_by(self.ratio or 0.0, self.value)

    def cells(self) -> list[str]:
        """Return the row as the table shows it."""
        ratio = "" if self.ratio is None else f"{self.ratio:.2f}"
        floor = _number(median(self.floor)) if self.floor else ""
        verdict = {None: "", True: "yes", False: "**no**"}[self.met]
        ours = _number(self.value)
        return [self.figure, self.unit, ours, floor, ratio, str(self.aim or ""), verdict]


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:.3g}"


def table(rows: Sequence[Row]) -> str:
    """Write rows as a Markdown table."""
    head = ["figure", "unit", "program", "floor", "ratio", "aim", "met"]
    lines = [head, ["---"] * len(head), *(row.cells() for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def machine() -> dict[str, Any]:
    """Say what this was measured on, and of what."""
    commit = subprocess.run(
        ["git", "describe", "--always", "--dirty"], capture_output=True, text=True, check=False
    )
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
    return {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "processor": _processor(),
        "cores": os.cpu_count(),
        "pinned": PINNED,
        "load before": round(load, 2),
        "system": platform.platform(terse=True),
        "python": platform.python_version(),
        **{name: version(name) for name in ("litestar", "uvicorn", "uvloop", "secantusdb")},
        "commit": commit.stdout.strip(),
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(": ")[2] for line in lines if line.startswith("model name")), "")


def write_json(path: Path, told: dict[str, Any], rows: Sequence[Row]) -> None:
    """Write everything, each round too, for a machine to read."""
    written = [asdict(row) | {"ratio": row.ratio, "met": row.met} for row in rows]
    path.write_text(json.dumps({"machine": told, "rows": written}, indent=2, ensure_ascii=False))
