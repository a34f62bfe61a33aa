"""What was measured, of what, and on which machine: kept for another day."""

import json
import os
import platform
import subprocess
from collections.abc import Sequence
from dataclasses import asdict, fields
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from tests.bench.peer.table import PeerRow
from tests.bench.processes import PINNED
from tests.bench.report import Aim, Row

Told = dict[str, Any]


def machine(engine: str) -> Told:
    """Say what this is measured on, and of what."""
    commit = subprocess.run(
        ["git", "describe", "--always", "--dirty"], capture_output=True, text=True, check=False
    )
    return {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "database": engine,
        "processor": _processor(),
        "cores": os.cpu_count(),
        "pinned": PINNED,
        "load before": round(load(), 2),
        "system": platform.platform(terse=True),
        "python": platform.python_version(),
        **{name: version(name) for name in ("litestar", "uvicorn", "uvloop", "motor", "pymongo")},
        "commit": commit.stdout.strip(),
    }


def load() -> float:
    """Return how many processes have wanted a core of late."""
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(": ")[2] for line in lines if line.startswith("model name")), "")


def write_json(path: Path, told: Told, rows: Sequence[Row], beside: Sequence[PeerRow] = ()) -> None:
    """Write everything, each round too, for a machine to read."""
    written = [asdict(row) | {"ratio": row.ratio, "met": row.met} for row in rows]
    kept = {"machine": told, "rows": written, "peer": [asdict(row) for row in beside]}
    path.write_text(json.dumps(kept, indent=2, ensure_ascii=False))


def read_json(path: Path) -> tuple[Told, list[Row]]:
    """Read what was written."""
    read = json.loads(path.read_text())
    names = {field.name for field in fields(Row)}
    rows = [{name: value for name, value in row.items() if name in names} for row in read["rows"]]
    return read["machine"], [Row(**row | {"aim": row["aim"] and Aim(**row["aim"])}) for row in rows]


def read_peer(path: Path) -> list[PeerRow]:
    """Read the rows of a peer, which may be none."""
    return [PeerRow(**row) for row in json.loads(path.read_text()).get("peer", [])]
