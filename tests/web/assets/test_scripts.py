"""What scripts and the rest of the program have agreed on: names, ids, and attributes."""

import re
from pathlib import Path

import pytest

from domain.rules.events import SlotEvent
from tests.servers import ROOT
from web.assets.bundles import STATIC
from web.live.names import Word

NAMES = (STATIC / "js" / "names.js").read_text()
OTHERS = [
    path
    for path in sorted((STATIC / "js").rglob("*.js"))
    if path.name not in ("names.js", "theme.js")  # the theme's runs before all others
]
TEMPLATES = "".join(path.read_text() for path in (ROOT / "templates").rglob("*.html"))
SELECTORS = re.compile(r"""(?:querySelector(?:All)?|closest|matches)(?:\?\.)?\(\s*(["`])(.*?)\1""")
OF_HTMX = ".htmx-request"


def listed(name: str, member: str) -> dict[str, str]:
    """Return what an object in names.js lists."""
    found = re.search(rf"{name} = (?:Object\.freeze\()?\{{(.*?)\n  \}}", NAMES, re.DOTALL)
    assert found
    return dict(re.findall(member, found[1]))


def test_scripts_and_streams_have_the_same_names():
    of_streams = {word.name: word.value for word in (*SlotEvent, *Word)}

    assert listed("SENT", r'(\w+): "(\w+)"') == of_streams


@pytest.mark.parametrize("id_", listed("IDS", r'(\w+): "([\w-]+)"').values())
def test_every_part_that_scripts_look_for_stands_in_a_template(id_: str):
    assert f'id="{id_}"' in TEMPLATES


@pytest.mark.parametrize("prefix", re.findall(r"=> `(\w+)-\$", NAMES))
def test_every_part_that_there_are_many_of_stands_in_a_template(prefix: str):
    assert f'id="{prefix}-{{{{' in TEMPLATES


@pytest.mark.parametrize("path", OTHERS, ids=lambda path: path.stem)
def test_scripts_look_for_attributes_and_listed_ids_not_for_how_a_thing_looks(path: Path):
    script = path.read_text()
    selectors = [selector for _, selector in SELECTORS.findall(script)]

    assert re.findall(r"""getElementById\(["`]""", script) == []
    assert [s for s in selectors if re.search(r"[.#][a-z]", s) and s != OF_HTMX] == []


@pytest.mark.parametrize("path", OTHERS, ids=lambda path: path.stem)
def test_scripts_call_what_a_stream_sends_by_the_names_that_are_listed(path: Path):
    sent = "|".join([*SlotEvent, *Word])

    assert re.findall(rf"""["`](?:{sent})["`]""", path.read_text()) == []


def test_one_script_alone_reads_what_a_stream_sends():
    readers = [path.name for path in OTHERS if "sse:before:message" in path.read_text()]

    assert readers == ["stream.js"]
