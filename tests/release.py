"""The last release: its code, beside that which is tested."""

import shutil
import subprocess
import tarfile
from io import BytesIO
from pathlib import Path

from tests.servers import ROOT

LAST_RELEASE = "866f40fcf3f7312a798c557da602c1df0492e896"
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
