"""This host: the data folder, its disk, and how many files a process may open."""

import resource
import shutil
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

from domain.rules.checks import Check, Checking
from domain.rules.errors import Sentence

FOLDER = Checking(Sentence("Data folder"))
DISK = Checking(Sentence("Disk"))
FILES = Checking(Sentence("Open files"))

_MUCH, _LITTLE, _TOO_LITTLE = 10 << 30, 2 << 30, 400 << 20
_FEW_FILES = 4_096
_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_SECRETS = ("secret_key", "mongodb.key")


def look_at_machine(data_dir: Path) -> Iterator[Check]:
    """Yield a check of each; a folder that is not there yet is made by the first start."""
    place = data_dir if data_dir.exists() else _nearest(data_dir)
    yield _folder(data_dir, place)
    yield room(shutil.disk_usage(place).free, place)
    yield files(resource.getrlimit(resource.RLIMIT_NOFILE)[1])


def _nearest(folder: Path) -> Path:
    return next(parent for parent in folder.absolute().parents if parent.exists())


def _folder(data_dir: Path, place: Path) -> Check:
    where = {"folder": place}
    try:
        with tempfile.TemporaryFile(dir=place):
            pass
    except OSError as error:
        return FOLDER.wrong(
            Sentence("%(folder)s can't be written to (%(why)s).", {**where, "why": error.strerror}),
            Sentence("Let the program's user write there, or set DATA_DIR to another folder."),
        )
    open_ones = [path for path in _private(data_dir) if path.stat().st_mode & _OTHERS]
    if open_ones:
        return FOLDER.warning(
            Sentence("Others on this host can read %(path)s.", {"path": open_ones[0]}),
            Sentence("Run: chmod -R go= %(folder)s", {"folder": data_dir}),
        )
    if place != data_dir:
        return FOLDER.ok(Sentence("%(folder)s is made once it is needed.", {"folder": data_dir}))
    return FOLDER.ok(Sentence("%(folder)s can be written to, by its owner alone.", where))


def _private(data_dir: Path) -> list[Path]:
    return [path for path in (data_dir, *(data_dir / name for name in _SECRETS)) if path.exists()]


def room(free: int, place: Path) -> Check:
    """Say whether so many free bytes are enough."""
    size = f"{free >> 30} GB" if free >= _MUCH else f"{free >> 20} MB"
    told = Sentence("%(room)s are free at %(place)s.", {"room": size, "place": place})
    if free >= _LITTLE:
        return DISK.ok(told)
    advice = Sentence("Make room: a database that can't write stops, and so does a backup.")
    return DISK.wrong(told, advice) if free < _TOO_LITTLE else DISK.warning(told, advice)


def files(most: int) -> Check:
    """Say whether a process that may open so many files can serve a crowd."""
    if most == resource.RLIM_INFINITY or most >= _FEW_FILES:
        return FILES.ok(Sentence("A process may open enough files."))
    return FILES.warning(
        Sentence(
            "A process may open %(most)s files: each page that is open takes one.", {"most": most}
        ),
        Sentence("Raise the limit: `ulimit -n 65536`, or LimitNOFILE=65536 in a systemd unit."),
    )
