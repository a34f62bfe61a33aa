"""The last release: its code, beside that which is tested."""

import shutil
import subprocess
import tarfile
from io import BytesIO
from pathlib import Path

from tests.servers import ROOT

LAST_RELEASE = "f7364d4be89c0edd31d2fecfbdcec22e935b2dd6"
"""The commit that servers run which are to be upgraded without a pause."""


def check_out(folder: Path) -> bool:
    """Put the code of the last release into a folder; False where its history is not here."""
    command = ["git", "archive", LAST_RELEASE]
    archive = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    if archive.returncode:
        return False
    with tarfile.open(fileobj=BytesIO(archive.stdout)) as files:
        files.extractall(folder, filter="data")
    shutil.copytree(ROOT / "static/vendor", folder / "static/vendor")
    return True
