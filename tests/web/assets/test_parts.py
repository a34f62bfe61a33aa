"""The browser's tests find the parts of pages by name, so that a new look changes none of them."""

import re
from collections import Counter
from pathlib import Path

import pytest

from tests.servers import ROOT

TESTS = sorted(
    path
    for path in (ROOT / "tests" / "browser").rglob("*.py")
    if re.match(r"test_|people|desks", path.name) or path.parent.name == "scenes"
)
TEMPLATES = "".join(path.read_text() for path in (ROOT / "templates").rglob("*.html"))
PARTS = (ROOT / "tests" / "browser" / "parts.py").read_text()
LOCATED = re.compile(r"""\.locator\(f?(["'])(.*?)\1\)""")


def located(path: Path) -> set[str]:
    return {selector for _, selector in LOCATED.findall(path.read_text())}


@pytest.mark.parametrize("path", TESTS, ids=lambda path: path.stem)
def test_no_test_goes_by_how_a_thing_looks(path: Path):
    assert [one for one in located(path) if re.search(r"(^|[\s,(:\w\]])\.[a-z]", one)] == []


def test_a_part_that_several_tests_look_at_has_a_name():
    files = Counter(one for path in TESTS for one in located(path) if one.startswith("#"))

    assert [one for one, count in files.items() if count > 1 and "{" not in one] == []


@pytest.mark.parametrize("name", re.findall(r'_test\("([\w-]+)"\)', PARTS))
def test_every_part_with_a_name_for_tests_is_in_a_template(name: str):
    of_many = name.partition("-")[0] + "-{{.*?}}"

    assert re.search(f'data-testid="({name}|{of_many})"', TEMPLATES)
