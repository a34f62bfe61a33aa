"""An expert's first day: from an empty desk to times that people can book, by keyboard alone."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from domain.store.documents import Expert
from tests.browser.desks import newcomer, open_desk_of
from tests.browser.people import Person, working_day
from tests.browser.unseen import Unseen

PHONE = {"viewport": {"width": 360, "height": 740}}


@pytest.fixture
def expert(site: str, site_uri: str) -> Iterator[Expert]:
    """An expert who is approved, and of whom only the name is known."""
    assert site  # has seeded the catalogue
    with newcomer(site_uri, headline="", bio="", skills=[], has_price=False) as empty:
        yield empty


def write_profile(ada: Person) -> None:
    page = ada.page
    for label, words in {
        "Headline": "Sourdough in your own oven",
        "About you": "I ran a bakery in Lyon, and now teach people at home.",
        "Skills": "Sourdough, Pastry",
    }.items():
        ada.tab_to(page.get_by_label(label))
        page.keyboard.type(words)
    ada.tab_to(page.get_by_role("button", name="Save profile"))
    page.keyboard.press("Enter")
    expect(page.get_by_text("Your profile is saved.")).to_be_visible()


def add_hours(ada: Person) -> None:
    page = ada.page
    ada.tab_to(page.get_by_role("button", name="Add hours"))
    page.keyboard.press("Enter")
    expect(ada.sees.saved).to_contain_text(re.compile(r"Added \d+ times\."))


def set_price(ada: Person) -> None:
    page = ada.page
    ada.tab_to(page.get_by_label("Price in"))
    page.keyboard.type("60")
    page.keyboard.press("Enter")


@pytest.mark.parametrize(
    "options",
    [
        pytest.param(PHONE, id="phone"),
        pytest.param({"java_script_enabled": False}, id="wide, no scripts", marks=pytest.mark.soak),
    ],
)
def test_three_steps_by_keyboard_alone_make_a_newcomer_bookable(
    person: Callable[..., Person], expert: Expert, eve: Unseen, options: dict[str, Any]
):
    ada = person(**options)
    page = ada.page
    open_desk_of(ada, expert.email)
    expect(ada.sees.first_steps.get_by_role("listitem")).to_have_count(3)

    def follow(part: Locator, words: str) -> None:
        ada.tab_to(part.get_by_role("link", name=words))
        page.keyboard.press("Enter")

    steps, saved = ada.sees.first_steps, ada.sees.saved
    follow(steps, "Say who you are and what you offer")
    write_profile(ada)
    follow(steps, "Say when you have time, and for what price")
    add_hours(ada)
    follow(saved, "Set your price")
    set_price(ada)
    expect(ada.sees.first_steps).to_have_count(0)
    follow(saved, "See your page")

    expect(page).to_have_url(re.compile(f"/experts/{expert.slug}$"))
    assert eve.free_slots(expert.slug, working_day(2))
