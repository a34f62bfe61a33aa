"""A test that fails once is flaky; one that fails twice has failed."""

import subprocess
import sys

import pytest

from tests.servers import ROOT

TESTS = """
import pytest
from pathlib import Path

MARK = Path(__file__).with_name("mark")

@pytest.fixture
def fresh():
    return []

def test_sometimes(fresh):
    fresh.append(1)
    assert fresh == [1]
    if not MARK.exists():
        MARK.touch()
        assert False, "not this time"

def test_always():
    pass
"""


@pytest.mark.parametrize(
    ("more", "code", "counts"),
    [
        ("", 0, "2 passed, 1 flaky"),
        ("\ndef test_never():\n    assert False", 1, "1 failed, 2 passed, 1 flaky"),
    ],
)
def test_a_test_that_failed_runs_once_more(tmp_path, more: str, code: int, counts: str):
    tests = tmp_path / "test_them.py"
    tests.write_text(TESTS + more)

    options = ["-p", "tests.browser.again", "-p", "no:cacheprovider", "-p", "no:asyncio"]
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", *options, "--rootdir", tmp_path, tests],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.returncode == code, ran.stdout
    assert counts in ran.stdout.splitlines()[-1]
    flaky = [line for line in ran.stdout.splitlines() if line.startswith("FLAKY ")]
    assert [line.rpartition("::")[2] for line in flaky] == ["test_sometimes"]
    assert "not this time" in ran.stdout
