"""Every page in every state, looked at: nothing faint, nothing cut off, nothing too small to press.

The pictures go into the folder that SCREENS names.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.looks import (
    EVERY_LOOK,
    FEW_LOOKS,
    Look,
    axe_faults,
    faint_texts,
    keep_picture,
    misplaced,
    see_whole,
)
from tests.browser.people import Person
from tests.browser.scenes import SCENES, Stage
from tests.databases import Databases
from tests.servers import start_server

SCREENS = os.environ.get("SCREENS")
NAMES = sorted(SCENES, key=lambda name: name != "outbox")
"""The outbox first: each scene makes it longer."""
_GERMAN = {"experts-in-german", "form-in-german", "hours-in-german"}
IN_EACH_RUN = [name for name in NAMES if name in _GERMAN or not name.endswith("-in-german")]
"""All but most of those that show another scene in German; the long form has them, too."""


@pytest.fixture(scope="module")
def site(databases: Databases) -> Iterator[str]:
    """A site of its own: what other tests book would show in the pictures."""
    with databases.one() as uri, start_server(uri, HOLDS_PER_IP=100_000) as server:
        yield server.url


@pytest.fixture(scope="module")
def judge(browser: Browser) -> Iterator[Page]:
    """An empty page that compares pictures."""
    with browser.new_context() as context:
        yield context.new_page()


@pytest.fixture
def stage(person: Callable[..., Person]) -> Stage:
    return Stage(person)


def picture_of(name: str, look: Look) -> Path | None:
    return Path(SCREENS) / f"{name}-{look}.png" if SCREENS else None


def look_at(
    page: Page, judge: Page, name: str, looks: list[Look], closely: list[Look]
) -> list[str]:
    # While its mails are under way a booking's page asks for them, and changes.
    expect(page.locator("#mails[hx-get]")).to_have_count(0)
    found = []
    for look in looks:
        see_whole(page, look)
        keep_picture(page, picture_of(name, look))
        wrong = misplaced(page)
        if look in closely:
            wrong += faint_texts(page, judge)
        found += [f"{look}: {what}" for what in wrong]
    return found + axe_faults(page)


@pytest.mark.parametrize("name", IN_EACH_RUN)
def test_a_scene_is_fit_to_be_seen(stage: Stage, judge: Page, name: str):
    page = SCENES[name](stage)

    # One look at each scene, by turns: the long form has all of them.
    look = FEW_LOOKS[NAMES.index(name) % len(FEW_LOOKS)]
    found = look_at(page, judge, name, [look], [look])
    assert not found, "\n".join(found)


@pytest.mark.soak
@pytest.mark.parametrize("name", NAMES)
def test_a_scene_is_fit_to_be_seen_by_everyone(stage: Stage, judge: Page, name: str):
    page = SCENES[name](stage)

    found = look_at(page, judge, name, EVERY_LOOK, EVERY_LOOK)
    assert not found, "\n".join(found)
