"""What is said of this host: its data folder, disk, file limit, zone data and settings."""

import os
import resource
import zoneinfo
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
import whenever

from domain.rules.checks import Check, CheckState
from web.checks import machine
from web.checks.machine import look_at_machine
from web.checks.setup import look_at_settings
from web.checks.zones import look_at_zones
from web.settings import read_settings

OK, WARNING, WRONG = CheckState
NOBODY = 65_534


@pytest.fixture
def powerless() -> Iterator[None]:
    """This process may do no more than anybody."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


def folder_check(data_dir: Path) -> Check:
    return next(look_at_machine(data_dir))


def test_a_folder_of_ones_own_is_fine(tmp_path: Path):
    (tmp_path / "data").mkdir(mode=0o700)

    assert folder_check(tmp_path / "data").state is OK


@pytest.mark.usefixtures("powerless")
def test_a_folder_that_can_not_be_written_to_is_named():
    check = folder_check(Path("/proc/self"))

    assert check.state is WRONG
    assert "/proc/self can't be written to" in str(check.finding)


def test_a_secret_that_others_can_read_is_named(tmp_path: Path):
    (tmp_path / "data").mkdir(mode=0o700)
    (tmp_path / "data/secret_key").touch(mode=0o644)

    check = folder_check(tmp_path / "data")

    assert (check.state, str(check.advice)) == (WARNING, f"Run: chmod -R go= {tmp_path}/data")


def test_the_place_of_a_folder_that_is_yet_to_be_made_is_looked_at(tmp_path: Path):
    folder, disk, _ = look_at_machine(tmp_path / "not/there/yet")

    assert (folder.state, disk.state) == (OK, OK)
    assert str(disk.finding).endswith(f" at {tmp_path}.")


@pytest.mark.parametrize(("free", "state"), [(9 << 30, OK), (1 << 30, WARNING), (99 << 20, WRONG)])
def test_a_disk_that_fills_up_is_told_in_time(tmp_path: Path, free: int, state: CheckState):
    assert machine.room(free, tmp_path).state is state


@pytest.mark.parametrize(
    ("most", "state"), [(1_024, WARNING), (65_536, OK), (resource.RLIM_INFINITY, OK)]
)
def test_a_process_that_can_not_serve_a_crowd_is_told(most: int, state: CheckState):
    assert machine.files(most).state is state


@contextmanager
def zone_data_in(*folders: Path) -> Iterator[None]:
    """Have zones come from these folders, and what is not there from the package."""
    before = zoneinfo.TZPATH
    try:
        _look_in(folders)
        yield
    finally:
        _look_in(before)


def _look_in(folders: Sequence[Path | str]) -> None:
    zoneinfo.reset_tzpath(folders)
    whenever.reset_tzpath(folders)
    zoneinfo.ZoneInfo.clear_cache()
    whenever.clear_tzcache()


def test_all_libraries_tell_the_same_time(now: datetime):
    with zone_data_in():
        assert look_at_zones(now).state is OK


def test_zone_data_of_the_host_that_is_not_the_newest_is_told(now: datetime, tmp_path: Path):
    zones = resources.files("tzdata") / "zoneinfo"
    (tmp_path / "Pacific").mkdir()
    (tmp_path / "Pacific/Honolulu").write_bytes((zones / "Asia/Tokyo").read_bytes())

    with zone_data_in(tmp_path):
        check = look_at_zones(now)

    assert check.state is WARNING
    assert "it differs for Pacific/Honolulu" in str(check.finding)


OTHERS = {
    "BASE_URL": "https://book.example.org",
    "MONGODB_URI": "mongodb://db.example.org/",
    "SECRET_KEY": "x" * 32,
    "SMTP_URL": "smtp://mail.example.org",
    "MAIL_FROM": "bookings@example.org",
}


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        ({}, [OK]),
        ({"BASE_URL": "http://book.example.org"}, [WARNING]),
        ({"MONGODB_URI": ""}, [WARNING]),
        ({"SMTP_URL": ""}, [WRONG]),
        ({"MAIL_FROM": ""}, [WRONG]),
        ({"BASE_URL": "", "HOST": "0.0.0.0"}, [WRONG]),  # noqa: S104 - that is the point
        ({"BASE_URL": ""}, [OK]),
    ],
)
def test_settings_that_nobody_wants_where_others_are_served(
    changed: dict[str, Any], found: list[CheckState]
):
    settings = read_settings(OTHERS | changed)

    assert [check.state for check in look_at_settings(settings)] == found
