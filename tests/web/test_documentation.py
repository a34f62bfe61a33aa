"""The documentation names every setting, event and command, and points at what exists."""

import re
from pathlib import Path

import pytest

from tests.servers import OWN_VARIABLES, ROOT
from web.live.names import NAMES

README = (ROOT / "README.md").read_text()
DOCS = ROOT / "docs"
PAGES = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "SECURITY.md",
    *sorted(DOCS.glob("*.md")),
]
STREAMS = (DOCS / "streams-and-feeds.md").read_text()
SETTINGS = set(re.findall(r'"([A-Z][A-Z_]+)"', (ROOT / "web" / "settings.py").read_text()))
RECIPES = re.findall(
    r"^([a-z][a-z-]*)(?: [^:]*)?:(?!=)", (ROOT / "justfile").read_text(), re.MULTILINE
)


def named(page: Path) -> set[str]:
    """Return the files and folders of ours that a page names."""
    paths = re.findall(
        r"`((?:web|domain|templates|static|migrations|tests|docs|\.ci)/[\w./-]*)`", page.read_text()
    )
    return {path for path in paths if "NNNN" not in path}


@pytest.mark.parametrize("name", sorted(SETTINGS))
def test_every_setting_has_its_line(name):
    assert f"| `{name}` |" in (DOCS / "settings.md").read_text()
    assert name in OWN_VARIABLES


def test_all_that_the_streams_send_is_named_and_nothing_else():
    rows = re.findall(r"^\| (`\w+`(?: `\w+`)*) \|", STREAMS, re.MULTILINE)

    assert {name.strip("`") for row in rows for name in row.split()} == NAMES


@pytest.mark.parametrize("recipe", sorted(set(RECIPES) - {"setup"}))
def test_every_command_is_named(recipe):
    assert f"`just {recipe}" in README


def test_the_folders_that_are_named_exist():
    for folder in re.findall(r"^(\w+)/ ", README, re.MULTILINE):
        assert (ROOT / folder).is_dir()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_files_that_are_named_exist(page: Path):
    assert [path for path in sorted(named(page)) if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_between_pages_lead_somewhere(page: Path):
    links = re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text())

    assert [link for link in links if not (page.parent / link).exists()] == []


def test_every_page_is_found_from_the_readme():
    assert [page.name for page in DOCS.glob("*.md") if f"docs/{page.name}" not in README] == []


def test_the_readme_is_read_in_one_sitting():
    assert len(README.splitlines()) < 150
