"""What it takes to back up a million bookings and to restore them, and what differs then."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

from pymongo import MongoClient

from domain.store.backup.copying import OWN, PASSING
from domain.store.core.database import database_name
from tests.addresses import database_at
from tests.bench import archives
from tests.bench.ground import fresh
from tests.bench.report import Aim, Row
from tests.bench.scale import Scale
from tests.servers import ROOT, SECRET_KEY, environment

_LOOK_S = 0.05


@dataclass(frozen=True)
class CommandCosts:
    """What a command took; a restore looks for contradictions at its end, too."""

    seconds: float
    processor_s: float
    peak_mib: float


def measure(server: str, scale: Scale) -> Sequence[Row]:
    """Back up a large archive and a small one, and restore each into an empty database."""
    sides = []
    with tempfile.TemporaryDirectory() as folder:
        for count in (scale.archived, scale.archived // archives.FEW):
            uri = fresh(server)
            archives.fill(uri, experts=scale.experts, bookings=count)
            file = Path(folder) / f"{count}.zip"
            sides.append(there_and_back(uri, database_at(server, f"{database_name(uri)}_b"), file))
    return rows(scale, *sides)


@dataclass(frozen=True)
class ThereAndBack:
    """What a backup took, and its restore."""

    backup: CommandCosts
    restore: CommandCosts
    file_mb: float
    unlike: int
    """How many collections are not, byte by byte, what they were."""


def there_and_back(uri: str, target: str, file: Path) -> ThereAndBack:
    """Back a database up, and restore it into an empty one."""
    backup = _run("backup", file, uri)
    restore = _run("restore", file, target)
    before, after = _digests(uri), _digests(target)
    unlike = sum(before.get(name) != after.get(name) for name in {*before, *after})
    return ThereAndBack(backup, restore, file.stat().st_size / 1e6, unlike)


def _run(command: str, file: Path, uri: str) -> CommandCosts:
    """Run a command of the program, and have the system say what it took."""
    begun, peak, ended = perf_counter(), 0, 0
    process = subprocess.Popen(
        [sys.executable, "-m", "web", command, str(file)],
        cwd=ROOT,
        env=environment(MONGODB_URI=uri, SECRET_KEY=SECRET_KEY),
    )
    while not ended:
        peak = max(peak, _peak_kib(process.pid))
        time.sleep(_LOOK_S)
        ended, status, used = os.wait4(process.pid, os.WNOHANG)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, f"{command} ended with {process.returncode}"
    return CommandCosts(perf_counter() - begun, used.ru_utime + used.ru_stime, peak / 1024)


def _peak_kib(pid: int) -> int:
    """Return the most memory that a process has had so far: what it was forked from had more."""
    status = Path(f"/proc/{pid}/status").read_text()
    return sum(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))


def _digests(uri: str) -> Mapping[str, tuple[int, str]]:
    """Return how many documents each collection has, and MongoDB's own digest of them."""
    with MongoClient[dict[str, Any]](uri) as client:
        database = client[database_name(uri)]
        names = sorted({*database.list_collection_names()} - OWN - PASSING)
        told = database.command("dbHash", collections=names)["collections"]
        return {name: (database[name].count_documents({}), told[name]) for name in names}


def rows(scale: Scale, many: ThereAndBack, few: ThereAndBack) -> Sequence[Row]:
    """Return what is told of them."""
    size, beside = f"of {scale.archived:,} bookings", f"of {scale.archived // archives.FEW:,}"

    def row(figure: str, unit: str, ours: float, floor: float, aim: Aim | None = None) -> Row:
        return Row(f"{figure} {size}", unit, [ours], [floor], aim, beside)

    found = [row("the file", "MB", many.file_mb, few.file_mb)]
    named = {"a backup": (many.backup, few.backup), "a restore": (many.restore, few.restore)}
    for name, (one, other) in named.items():
        found += [
            row(name, "s", one.seconds, other.seconds),
            row(f"{name}, processor time", "s", one.processor_s, other.processor_s),
            row(f"{name}, most memory", "MiB", one.peak_mib, other.peak_mib, Aim(most=1.5)),
        ]
    none = Aim(most=0, of_ratio=False)
    return [*found, row("collections unlike before", "", many.unlike, few.unlike, none)]
