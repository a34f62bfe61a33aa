"""The systemd unit: it starts what is there, and shuts the program in."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.servers import ROOT
from web.server.workers import STOP_S
from web.settings import read_settings

UNIT = ROOT / ".ci/expertconnect@.service"
SAYS = dict(re.findall(r"^([A-Z]\w+)=(.*)$", UNIT.read_text(), re.MULTILINE))
"""What it says; of what it says twice, the last."""


def test_it_starts_the_program_by_its_own_python():
    assert SAYS["ExecStart"] == f"{SAYS['WorkingDirectory']}/.venv/bin/python -m web serve"


def test_its_variables_make_good_settings_one_port_for_each_instance():
    told = SAYS["Environment"].replace("%i", "8001").replace("%S", "/var/lib")
    settings = read_settings(dict(pair.split("=", 1) for pair in told.split()))

    assert settings.port == 8001
    assert str(settings.data_dir) == "/var/lib/" + SAYS["StateDirectory"].replace("%i", "8001")


def test_the_program_may_take_its_time_to_stop():
    assert int(SAYS["TimeoutStopSec"]) > STOP_S
    assert SAYS["KillMode"] == "mixed"


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="asks systemd what it makes of it")
def test_systemd_finds_nothing_wrong_and_little_exposed(tmp_path: Path):
    # Only with a program that is there is everything else looked at.
    unit = tmp_path / UNIT.name
    unit.write_text(UNIT.read_text().replace(SAYS["ExecStart"], "/bin/true"))

    checked = subprocess.run(
        ["systemd-analyze", "verify", "--recursive-errors=no", unit.with_stem(f"{unit.stem}8000")],
        check=False,
        capture_output=True,
        text=True,
    )
    exposed = subprocess.run(
        ["systemd-analyze", "security", "--offline=yes", "--threshold=20", unit],
        check=False,
        capture_output=True,
        text=True,
    )

    assert (checked.returncode, checked.stderr) == (0, "")
    assert exposed.returncode == 0, exposed.stdout
