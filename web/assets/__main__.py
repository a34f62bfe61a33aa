"""Browser assets that come from others: copied from node_modules into static/vendor by the set-up.

Run as `python -m web.assets`. Nothing is done while the lock file is the one last copied from.
"""

import hashlib
import shutil
import sys
from pathlib import Path

from web.console import Trouble, complain
from web.paths import ROOT

VENDOR = Path("static/vendor")
STAMP = ".stamp"

_HTMX = "htmx.org"
_INTER = "@fontsource-variable/inter"
_BRICOLAGE = "@fontsource-variable/bricolage-grotesque"

ASSETS: tuple[tuple[str, str], ...] = (
    (f"{_HTMX}/dist/htmx.min.js", "htmx.min.js"),
    (f"{_HTMX}/dist/ext/hx-sse.min.js", "hx-sse.min.js"),
    (f"{_HTMX}/LICENSE", "htmx.LICENSE"),
    (f"{_INTER}/files/inter-latin-wght-normal.woff2", "fonts/inter-latin.woff2"),
    (f"{_INTER}/files/inter-latin-ext-wght-normal.woff2", "fonts/inter-latin-ext.woff2"),
    (f"{_INTER}/LICENSE", "fonts/inter.LICENSE"),
    (
        f"{_BRICOLAGE}/files/bricolage-grotesque-latin-wght-normal.woff2",
        "fonts/bricolage-grotesque-latin.woff2",
    ),
    (
        f"{_BRICOLAGE}/files/bricolage-grotesque-latin-ext-wght-normal.woff2",
        "fonts/bricolage-grotesque-latin-ext.woff2",
    ),
    (f"{_BRICOLAGE}/LICENSE", "fonts/bricolage-grotesque.LICENSE"),
)
"""Where each file is in node_modules, and where the pages find it below /static/vendor/.

The licences go with what they license.
"""


class AssetMissing(Trouble):
    """A file that the package should hold is not in node_modules."""


def _fingerprint(root: Path) -> str:
    """Name what is copied: the locked packages and this list of files."""
    lock = (root / "package-lock.json").read_bytes()
    return hashlib.sha256(lock + repr(ASSETS).encode()).hexdigest()


def are_current(root: Path = ROOT) -> bool:
    """Say whether static/vendor holds what the lock file names, with or without node_modules."""
    stamp = root / VENDOR / STAMP
    return (
        stamp.is_file()
        and stamp.read_text() == _fingerprint(root)
        and all((root / VENDOR / target).is_file() for _, target in ASSETS)
    )


def copy_assets(root: Path = ROOT) -> bool:
    """Copy every asset into static/vendor; return whether there was anything to do.

    Raises:
        AssetMissing: node_modules lacks a file; nothing counts as copied then.
    """
    if are_current(root):
        return False
    for source, target in ASSETS:
        origin = root / "node_modules" / source
        if not origin.is_file():
            raise AssetMissing(f"node_modules/{source} is missing: run `just setup`.")
        destination = root / VENDOR / target
        destination.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(origin, destination)
    (root / VENDOR / STAMP).write_text(_fingerprint(root))
    return True


def main() -> int:
    """Copy the assets; with `--check` only say by the exit code whether they are up to date."""
    if "--check" in sys.argv[1:]:
        return 0 if are_current() else 1
    try:
        copy_assets()
    except AssetMissing as missing:
        complain(missing)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
