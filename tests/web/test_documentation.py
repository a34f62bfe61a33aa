"""The documentation names every setting, event and command, and points at what exists."""

import re
import shlex
import subprocess
from pathlib import Path

import pytest

from domain.admin.sheets.columns import COLUMNS
from tests.servers import OWN_VARIABLES, ROOT
from web.__main__ import read_arguments
from web.live.names import NAMES
from web.server.commands import COMMANDS

README = (ROOT / "README.md").read_text()
DOCS = ROOT / "docs"
PAGES = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "SECURITY.md",
    *sorted(DOCS.glob("*.md")),
]
STREAMS = (DOCS / "streams-and-feeds.md").read_text()
OPERATING = (DOCS / "operating.md").read_text()
READ = "".join((ROOT / "web" / f"{name}.py").read_text() for name in ("settings", "variables"))
SETTINGS = set(re.findall(r'"([A-Z][A-Z_]+)"', READ))
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


def test_every_column_of_a_sheet_of_experts_has_its_line():
    rows = re.findall(r"^\| (`\w+`(?: `\w+`)*) \|", OPERATING, re.MULTILINE)

    assert {*COLUMNS} <= {name.strip("`") for row in rows for name in row.split()}


def test_all_that_the_streams_send_is_named_and_nothing_else():
    rows = re.findall(r"^\| (`\w+`(?: `\w+`)*) \|", STREAMS, re.MULTILINE)

    assert {name.strip("`") for row in rows for name in row.split()} == NAMES


@pytest.mark.parametrize("recipe", sorted(set(RECIPES) - {"setup"}))
def test_every_command_is_named(recipe):
    assert f"`just {recipe}" in README


def given(page: Path) -> set[str]:
    """Return the commands that a page tells readers to give, each as it would be typed."""
    text = page.read_text()
    shown = re.findall(r"^    (just [^#\n]+)", text, re.MULTILINE)
    within = re.findall(r"`(just [a-z-]+ [^`]+)`", text)
    return {command.strip() for command in (*shown, *within)}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_that_is_shown_can_be_given(page: Path):
    for command in given(page):
        recipe, *arguments = shlex.split(command)[1:]
        subprocess.run(
            ["just", "--dry-run", recipe, *arguments], cwd=ROOT, check=True, capture_output=True
        )
        if arguments and recipe in COMMANDS:
            read_arguments([recipe, *arguments])


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
