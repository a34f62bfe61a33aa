"""Which engine a data folder belongs to, and which may open it."""

import stat
from pathlib import Path

import pytest

from web.server.data_folder import FolderTrouble
from web.server.engines import Engine, EngineKind, note_writer, writer_of


@pytest.mark.parametrize(
    ("here", "writer"),
    [
        ("6.0.5", "6.0.5"),
        ("6.0.10", "6.0.9"),
        ("10.0.0", "9.0.0"),
        ("7.0.0", "7.0.0-rc1"),
        ("0.7.0b3", "0.7.0b3"),
        ("0.7.0b10", "0.7.0b9"),
        ("0.7.0rc1", "0.7.0b3"),
        ("0.7.0", "0.7.0b3"),
        ("6.0.5", ""),
    ],
)
def test_the_same_version_and_later_ones_open_a_folder(here: str, writer: str):
    assert Engine(EngineKind.MONGOD, here).can_open(Engine(EngineKind.MONGOD, writer))


@pytest.mark.parametrize(
    ("here", "writer"),
    [
        ("6.0.5", "6.0.6"),
        ("6.0.5", "7.0.0"),
        ("9.0.0", "10.0.0"),
        ("7.0.0-rc1", "7.0.0"),
        ("0.7.0b3", "0.7.0b4"),
        ("0.7.0b3", "0.7.0"),
    ],
)
def test_an_older_version_never_does(here: str, writer: str):
    assert not Engine(EngineKind.MONGOD, here).can_open(Engine(EngineKind.MONGOD, writer))


def test_another_engine_never_does():
    assert not Engine(EngineKind.SECANTUS, "9.0.0").can_open(Engine(EngineKind.MONGOD, "6.0.5"))


def test_a_folder_says_who_wrote_it(tmp_path: Path):
    assert writer_of(tmp_path) is None

    note_writer(tmp_path, Engine(EngineKind.MONGOD, "6.0.5"))
    note_writer(tmp_path, Engine(EngineKind.MONGOD, "6.0.6"))

    assert writer_of(tmp_path) == Engine(EngineKind.MONGOD, "6.0.6")
    assert [path.name for path in tmp_path.iterdir()] == ["engine"]
    assert stat.S_IMODE((tmp_path / "engine").stat().st_mode) == 0o600


@pytest.mark.parametrize("kind", EngineKind)
def test_data_without_a_word_of_who_wrote_it_belongs_to_the_engine_of_its_folder(
    tmp_path: Path, kind: EngineKind
):
    kind.storage(tmp_path).mkdir()
    assert writer_of(tmp_path) is None
    (kind.storage(tmp_path) / "WiredTiger").touch()

    assert writer_of(tmp_path) == Engine(kind, "")


@pytest.mark.parametrize("told", ["", "{}", "[]", '{"engine": "other", "version": "1"}'])
def test_a_word_that_cannot_be_read_is_no_reason_to_begin_anew(tmp_path: Path, told: str):
    (tmp_path / "engine").write_text(told)

    with pytest.raises(FolderTrouble, match=f"DATA_DIR: {tmp_path}/engine does not say which"):
        writer_of(tmp_path)
