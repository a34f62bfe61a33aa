"""The packages: what pyproject.toml asks for is what the locks pin."""

import re
import tomllib

import pytest

from tests.servers import ROOT

LOCK = (ROOT / "requirements.lock").read_text()
SERVE_LOCK = (ROOT / "requirements.serve.lock").read_text()
MONGOD_LOCK = (ROOT / "requirements.mongod.lock").read_text()
PEER_LOCK = (ROOT / "requirements.peer.lock").read_text()
LOCKS = [LOCK, SERVE_LOCK, MONGOD_LOCK, PEER_LOCK]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
GROUPS = PROJECT["dependency-groups"]
ASKED_FOR = [
    re.split(r"[<>=;\[ ]", asked)[0]
    for asked in [*PROJECT["project"]["dependencies"], *GROUPS["dev"], *GROUPS["embedded"]]
]


@pytest.mark.parametrize("name", ASKED_FOR)
def test_every_package_is_pinned(name: str):
    assert re.search(rf"^{re.escape(name)}==\S+", LOCK, re.MULTILINE)


def pins(lock: str) -> dict[str, str]:
    """Return what a lock pins, each with its version."""
    return dict(re.findall(r"^([a-z0-9_.-]+)==(\S+)", lock, re.MULTILINE))


def test_serving_takes_the_same_packages_and_none_of_those_that_only_tests_need():
    served = pins(SERVE_LOCK)

    assert served.items() <= pins(LOCK).items()
    assert {*ASKED_FOR[: len(PROJECT["project"]["dependencies"])]} <= served.keys()
    assert "pytest" not in served


def test_mongodbs_server_is_pinned_apart():
    assert re.findall(r"^[^ ]+==[^ ]+", MONGOD_LOCK, re.MULTILINE) == GROUPS["mongod"]
    assert GROUPS["mongod"][0].split("==")[0] not in LOCK


def test_what_speaks_to_peers_is_pinned_apart_and_changes_no_other_package():
    speaking, others = pins(PEER_LOCK), pins(LOCK)
    shared = speaking.keys() & others.keys()

    assert "python-socketio" in speaking.keys() - others.keys()
    assert {name: speaking[name] for name in shared} == {name: others[name] for name in shared}


@pytest.mark.parametrize("lock", LOCKS, ids=["all", "serve", "mongod", "peer"])
def test_every_pin_has_its_hashes(lock: str):
    pins = re.findall(
        r"^[a-z0-9_.-]+==.*\\$\n(?: {4}--hash=sha256:[0-9a-f]{64}.*\n)+", lock, re.MULTILINE
    )

    assert len(pins) == len(re.findall(r"^[a-z]", lock, re.MULTILINE)) > 0


@pytest.mark.parametrize("lock", LOCKS, ids=["all", "serve", "mongod", "peer"])
def test_a_lock_names_no_address(lock: str):
    assert "://" not in lock


def test_what_hosts_and_images_set_up_is_without_mongodbs_server():
    (setup,) = re.findall(r"^setup:(.*)$", (ROOT / "justfile").read_text(), re.MULTILINE)

    assert setup.split() == ["_packages", "_assets"]
