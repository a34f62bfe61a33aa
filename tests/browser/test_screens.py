"""Every page in every state, looked at: nothing faint, nothing cut off, nothing too small to press.

The pictures go into the folder that SCREENS names.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.looks import EVERY_LOOK, FEW_LOOKS, Look, faults, seen_whole
from tests.browser.people import Person
from tests.browser.scenes import SCENES, Stage
from tests.servers import start_server

SCREENS = os.environ.get("SCREENS")


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    """A site of its own: what other tests book would show in the pictures."""
    with start_server(None) as server:
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


def look_at(page: Page, judge: Page, name: str, looks: list[Look]) -> list[str]:
    # While its mails are under way a booking's page asks for them, and changes.
    expect(page.locator("#mails[hx-get]")).to_have_count(0, timeout=60_000)
    found = []
    for look in looks:
        with seen_whole(page, look):
            wrong = faults(page, judge, picture_of(name, look))
            found += [f"{look}: {what}" for what in wrong]
    return found


@pytest.mark.parametrize("name", SCENES)
def test_a_scene_is_fit_to_be_seen(stage: Stage, judge: Page, name: str):
    page = SCENES[name](stage)

    found = look_at(page, judge, name, FEW_LOOKS)
    assert not found, "\n".join(found)


@pytest.mark.soak
@pytest.mark.parametrize("name", SCENES)
def test_a_scene_is_fit_to_be_seen_by_everyone(stage: Stage, judge: Page, name: str):
    page = SCENES[name](stage)

    found = look_at(page, judge, name, EVERY_LOOK)
    assert not found, "\n".join(found)
