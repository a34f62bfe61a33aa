import json
from pathlib import Path

import pytest

from tests.servers import ROOT
from web.assets.__main__ import ASSETS, VENDOR, AssetMissing, are_current, copy_assets


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project whose packages are installed."""
    (tmp_path / "package-lock.json").write_text("one version")
    for source, _ in ASSETS:
        file = tmp_path / "node_modules" / source
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(source)
    return tmp_path


def test_every_asset_is_copied_to_where_pages_find_it(project: Path):
    assert copy_assets(project)

    copied = {target: (project / VENDOR / target).read_text() for _, target in ASSETS}
    assert copied == {target: source for source, target in ASSETS}


def test_a_second_run_has_nothing_to_do(project: Path):
    assert not are_current(project)

    copy_assets(project)

    assert are_current(project)
    assert not copy_assets(project)


def test_another_version_is_copied_anew(project: Path):
    copy_assets(project)

    (project / "package-lock.json").write_text("another version")

    assert copy_assets(project)


def test_a_file_that_was_deleted_comes_back(project: Path):
    copy_assets(project)
    (project / VENDOR / "htmx.min.js").unlink()

    assert copy_assets(project)
    assert (project / VENDOR / "htmx.min.js").exists()


def test_a_file_that_the_packages_lack_is_named(project: Path):
    (project / "node_modules/htmx.org/dist/htmx.min.js").unlink()

    with pytest.raises(AssetMissing, match=r"node_modules/htmx.org/dist/htmx.min.js is missing"):
        copy_assets(project)
    assert not are_current(project)


@pytest.mark.parametrize("folder", [".", "tests/checkers"])
def test_the_lock_file_pins_by_hash_and_names_no_address(folder: str):
    packages = json.loads((ROOT / folder / "package-lock.json").read_text())["packages"]
    pinned = [package for path, package in packages.items() if path]

    assert all(package["integrity"].startswith("sha512-") for package in pinned)
    assert not any("resolved" in package for package in pinned)
