"""The packages: what pyproject.toml asks for is what requirements.lock pins."""

import re
import tomllib

import pytest

from tests.servers import ROOT

LOCK = (ROOT / "requirements.lock").read_text()
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
ASKED_FOR = [
    re.split(r"[<>=;\[ ]", asked)[0]
    for asked in [*PROJECT["project"]["dependencies"], *PROJECT["dependency-groups"]["dev"]]
]


@pytest.mark.parametrize("name", ASKED_FOR)
def test_every_package_is_pinned(name: str):
    assert re.search(rf"^{re.escape(name)}==\S+", LOCK, re.MULTILINE)


def test_every_pin_has_its_hashes():
    pins = re.findall(
        r"^[a-z0-9_.-]+==.*\\$\n(?: {4}--hash=sha256:[0-9a-f]{64}.*\n)+", LOCK, re.MULTILINE
    )

    assert len(pins) == len(re.findall(r"^[a-z]", LOCK, re.MULTILINE))


def test_the_lock_names_no_address():
    assert "://" not in LOCK
