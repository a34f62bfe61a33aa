import stat
import subprocess
import sys
from pathlib import Path

import pytest

from web.server.data_folder import FolderInUse, FolderTrouble, locked, running_database
from web.server.keys import kept_secret_key
from web.variables import MIN_SECRET_LENGTH


def test_the_key_is_made_once_and_kept_from_others(tmp_path: Path):
    folder = tmp_path / "data"

    key = kept_secret_key(folder)

    assert len(key) >= MIN_SECRET_LENGTH
    assert kept_secret_key(folder) == key
    assert stat.S_IMODE((folder / "secret_key").stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@pytest.mark.parametrize("left", ["", "short"])
def test_a_key_that_was_not_written_whole_is_not_used(tmp_path: Path, left: str):
    (tmp_path / "secret_key").write_text(left)

    with pytest.raises(FolderTrouble, match="no whole key"):
        kept_secret_key(tmp_path)


def test_a_key_that_cannot_be_written_leaves_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        kept_secret_key(tmp_path)

    assert [*tmp_path.iterdir()] == []


def test_two_folders_have_two_keys(tmp_path: Path):
    assert kept_secret_key(tmp_path / "one") != kept_secret_key(tmp_path / "two")


def test_one_holds_the_folder_at_a_time(tmp_path: Path):
    with locked(tmp_path), pytest.raises(FolderInUse), locked(tmp_path, patience=0):
        pass

    with locked(tmp_path, patience=0):
        pass


def test_a_child_that_was_given_the_lock_holds_on_to_it(tmp_path: Path):
    wait_for_input = [sys.executable, "-c", "input()"]
    with locked(tmp_path) as lock:
        child = subprocess.Popen(wait_for_input, stdin=subprocess.PIPE, pass_fds=(lock.descriptor,))

    with pytest.raises(FolderInUse), locked(tmp_path, patience=0):
        pass
    child.communicate(b"\n")
    with locked(tmp_path, patience=0):
        pass


def test_the_holder_tells_where_its_database_is(tmp_path: Path):
    assert running_database(tmp_path) is None
    with locked(tmp_path) as lock:
        assert running_database(tmp_path) is None
        lock.tell("mongodb://127.0.0.1:1/")
        assert running_database(tmp_path) == "mongodb://127.0.0.1:1/"

    with locked(tmp_path):  # the next holder has told nothing yet
        assert running_database(tmp_path) is None


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path):
    (tmp_path / "file").touch()

    with pytest.raises(FolderTrouble, match=f"DATA_DIR: {tmp_path}/file/data can't be used"):
        kept_secret_key(tmp_path / "file" / "data")
