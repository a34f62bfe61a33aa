"""An organisation makes the site its own, with scripts and without, and visitors see it at once."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import FilePayload, Page, expect

from tests.browser.administrators import open_administration
from tests.browser.conftest import watch
from tests.browser.faces import LOGO, wear
from tests.browser.parts import Parts
from tests.browser.people import Person, unused_expert

PLAIN = {"java_script_enabled": False}


@pytest.fixture(autouse=True)
def programs_own(site: str, site_uri: str) -> Iterator[None]:
    """The site is others', too: it gets its former face back."""
    wear(site_uri, site)
    yield
    wear(site_uri, site)


def change_face(page: Page) -> None:
    page.get_by_role("link", name="Settings").click()
    page.get_by_label("Name", exact=True).fill("Career Service")
    page.get_by_label("Use a colour of our own").check()
    page.get_by_label("Accent colour").fill("#ff0000")
    page.get_by_role("button", name="See what becomes of it").click()
    expect(page.get_by_text("#c8110a, so that it can be read.")).to_be_visible()
    page.get_by_role("button", name="Save settings").click()
    expect(page.get_by_text("Saved. Every page shows it from now on.")).to_be_visible()
    logo: FilePayload = {"name": "a.svg", "mimeType": "image/svg+xml", "buffer": LOGO}
    page.get_by_label("A picture file").set_input_files([logo])
    page.get_by_role("button", name="Use this logo").click()
    expect(page.get_by_text("The logo is changed.")).to_be_visible()


def write_terms(page: Page) -> None:
    page.get_by_role("link", name="Legal pages").click()
    page.get_by_label("Terms of use, English").fill("# Be kind")
    terms = page.get_by_role("group", name="Terms of use")
    terms.get_by_label("Visitors have to agree to it before they book").check()
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("heading", name="Be kind")).to_be_visible()
    page.get_by_role("button", name="Save pages").click()
    expect(page.get_by_text("Saved. Visitors read it from now on.")).to_be_visible()


@pytest.mark.parametrize(
    "theirs",
    [pytest.param({}, id="scripts"), pytest.param(PLAIN, id="none", marks=pytest.mark.soak)],
)
def test_a_site_of_ones_own_is_seen_at_once_and_what_it_asks_is_agreed_to(
    person: Callable[..., Person], theirs: dict[str, Any]
):
    boss, ann = person(**theirs), person(**theirs)
    errors: list[str] = []
    watch(boss.page, errors)
    watch(ann.page, errors)
    ann.open_expert(unused_expert(), live=False)
    slot = ann.some_free_slot()

    open_administration(boss)
    change_face(boss.page)
    write_terms(boss.page)
    ann.page.reload()

    assert ann.page.title().endswith("· Career Service")
    expect(ann.page.get_by_role("link", name="Career Service: all experts")).to_be_visible()
    ann.choose(slot)
    ann.fill_form()
    ann.sees.confirm.click()
    expect(Parts(ann.page).agree_error).to_be_visible()
    expect(ann.page.get_by_label("Your name")).to_have_value("Ann Arbor")
    ann.page.get_by_label("I have read this, and agree to it").check()
    ann.confirm()
    expect(ann.page.get_by_role("link", name="Terms of use").first).to_be_visible()
    expect(ann.page.get_by_text("version 1")).to_be_visible()
    assert errors == []
