"""Checkers of pages that npm brings, for the soak alone: `just _checkers` installs them.

They have a lock of their own, since neither serving nor an ordinary run of the tests needs them.
"""

from pathlib import Path

import pytest

from tests.servers import ROOT

_FOLDER = ROOT / ".venv/checkers/node_modules"


def installed(path: str) -> Path:
    """Return a file of theirs; a test that misses it is skipped."""
    found = _FOLDER / path
    if not found.is_file():
        pytest.skip(f"{path} is missing: run `just _checkers`, which needs npm's registry.")
    return found
