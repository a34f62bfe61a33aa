"""The fast tier, as `just test-fast` runs it."""

import subprocess
import sys

import pytest

from tests.servers import ROOT


@pytest.mark.soak
def test_the_fast_tier_passes_and_starts_nothing():
    tier = [sys.executable, "-m", "pytest", "tests", "--fast", "-q"]

    done = subprocess.run(tier, cwd=ROOT, capture_output=True, text=True, timeout=600, check=False)

    assert done.returncode == 0, done.stdout[-5_000:]
