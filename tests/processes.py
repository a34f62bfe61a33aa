"""What runs: read from /proc, since tests must see what a launcher left behind."""

import resource
import time
from pathlib import Path


def children_of(pid: int) -> dict[int, str]:
    """Return the commands of a process's children, by their ids."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            after_name = (folder / "stat").read_text().rpartition(")")[2].split()
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:  # it ended meanwhile
            continue
        if int(after_name[1]) == pid and after_name[0] != "Z":
            found[int(folder.name)] = command.strip()
    return found


def is_running(pid: int) -> bool:
    """Say whether there is such a process that has not ended."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def all_ended(pids: list[int], *, within: float) -> bool:
    """Wait until none of them runs; False when some still do."""
    deadline = time.monotonic() + within
    while any(is_running(pid) for pid in pids):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


class Worker:
    """A process that serves, looked at from outside."""

    def __init__(self, launcher: int) -> None:
        children = children_of(launcher).items()
        (self.pid,) = [pid for pid, command in children if "web.server.worker" in command]

    @property
    def files(self) -> int:
        """How many files it has open, connections among them."""
        return len(list(Path(f"/proc/{self.pid}/fd").iterdir()))

    @property
    def mebibytes(self) -> float:
        """How much memory it occupies."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        return pages * resource.getpagesize() / 2**20
