"""The README names every setting, event and command that there is."""

import re
from pathlib import Path

import pytest

from domain.events import SlotEvent
from tests.servers import OWN_VARIABLES, ROOT

README = (ROOT / "README.md").read_text()
SETTINGS = set(re.findall(r'"([A-Z][A-Z_]+)"', (ROOT / "web" / "settings.py").read_text()))
RECIPES = re.findall(r"^([a-z]+)(?: \*options)?:", (ROOT / "justfile").read_text(), re.MULTILINE)


@pytest.mark.parametrize("name", sorted(SETTINGS))
def test_every_setting_has_its_line(name):
    assert f"| `{name}` |" in README
    assert name in OWN_VARIABLES


@pytest.mark.parametrize("event", SlotEvent)
def test_every_event_is_named(event):
    assert f"`{event.value}`" in README


@pytest.mark.parametrize(
    "event", ["dayChanged", "resync", "openingsChanged", "liveUp", "liveDown", "ping"]
)
def test_every_other_message_of_the_stream_is_named(event):
    assert f"`{event}`" in README


@pytest.mark.parametrize("recipe", sorted(set(RECIPES) - {"setup"}))
def test_every_command_is_named(recipe):
    assert f"`just {recipe}" in README


def test_the_folders_that_are_named_exist():
    for folder in re.findall(r"^(\w+)/ ", README, re.MULTILINE):
        assert (Path(ROOT) / folder).is_dir()
