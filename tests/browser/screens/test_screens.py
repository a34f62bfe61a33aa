"""Every page in every state, looked at: nothing faint, nothing cut off, nothing too small to press.

The pictures go into the folder that SCREENS names.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.faces import ACCENTS, wear
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
from tests.browser.scenes import NAMES, SCENES, Stage

SCREENS = os.environ.get("SCREENS")
_GERMAN = {"experts-in-german", "form-in-german", "hours-in-german"}
_ALIKE = ("bookings_overseen", "experts_overseen", "faces")
"""Scenes that are many, and alike."""


def _in_each_run() -> list[str]:
    said = [name for name in NAMES if name in _GERMAN or not name.endswith("-in-german")]
    alike = [name for name in said if SCENES[name].__module__.endswith(_ALIKE)]
    others = [name for name in said if name not in alike]
    return [*others[::8], *alike[::12]]


IN_EACH_RUN = _in_each_run()
"""Some of each kind, each in one look; the long form has all scenes in all looks."""


@pytest.fixture(scope="module")
def judge(browser: Browser) -> Iterator[Page]:
    """An empty page that compares pictures."""
    with browser.new_context() as context:
        yield context.new_page()


def picture_of(name: str, look: Look) -> Path | None:
    return Path(SCREENS) / f"{name}-{look}.png" if SCREENS else None


def look_at(
    page: Page, judge: Page, name: str, looks: list[Look], closely: list[Look]
) -> list[str]:
    # While its mails are under way a booking's page asks for them, and changes.
    expect(page.locator("#mails[data-hx-get]")).to_have_count(0)
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
def test_a_scene_is_fit_to_be_seen(stage: Stage, judge: Page, name: str, site_uri: str, site: str):
    # One look at each scene, and one accent, by turns: the long form has all looks.
    turn = IN_EACH_RUN.index(name)
    wear(site_uri, site, accent=ACCENTS[turn // 2 % 2])
    page = SCENES[name](stage)

    look = FEW_LOOKS[turn % len(FEW_LOOKS)]
    found = look_at(page, judge, name, [look], [look])
    assert not found, "\n".join(found)


@pytest.mark.soak
@pytest.mark.parametrize("name", NAMES)
def test_a_scene_is_fit_to_be_seen_by_everyone(
    stage: Stage, judge: Page, name: str, site_uri: str, site: str
):
    wear(site_uri, site, accent=ACCENTS[1 - NAMES.index(name) // 2 % 2])  # the other one
    page = SCENES[name](stage)

    found = look_at(page, judge, name, EVERY_LOOK, EVERY_LOOK)
    assert not found, "\n".join(found)
