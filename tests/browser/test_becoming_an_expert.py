"""Becoming an expert: from the form for newcomers to a page that people find."""

import re
import secrets
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.parts import Parts
from tests.browser.people import Person
from tests.databases import Databases
from tests.pictures import picture
from tests.servers import SECRET_KEY, launched, start_server

PHONE = {"viewport": {"width": 360, "height": 800}}


def approve(uri: str, slug: str) -> None:
    with launched("admin", "approve", slug, MONGODB_URI=uri, SECRET_KEY=SECRET_KEY) as approval:
        assert approval.process.wait(60) == 0


def fill_in(page: Page) -> None:
    page.get_by_label("Headline").fill("Sourdough in your own oven")
    page.get_by_label("About you").fill("I ran a bakery in Lyon.")
    page.get_by_label("Skills").fill("Sourdough, Pastry")
    page.get_by_label("Languages you speak").fill("English, French")


def set_price_and_hours(page: Page) -> None:
    page.get_by_role("link", name="Set your price").click()
    page.get_by_label("Price in EUR").fill("60")
    page.get_by_role("button", name="Save sessions and terms").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    page.get_by_role("button", name="Add hours").click()
    expect(page.get_by_text(re.compile(r"Added \d+ times"))).to_be_visible()


def apply(page: Page, name: str, address: str) -> None:
    page.goto("/experts")
    page.get_by_role("link", name="Become an expert").click()
    page.get_by_label("Your name").fill(name)
    page.get_by_label("Your e-mail").fill(address)
    page.get_by_label("Field").select_option("Lifestyle")
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_role("heading", name="Check your inbox")).to_be_visible()


@pytest.mark.parametrize(
    "options",
    [
        pytest.param({}, id="wide", marks=pytest.mark.soak),
        pytest.param(PHONE, id="phone"),
        pytest.param({"java_script_enabled": False}, id="no script", marks=pytest.mark.soak),
    ],
)
def test_a_newcomer_becomes_an_expert(
    databases: Databases, person: Callable[..., Person], options: dict[str, Any]
):
    with databases.one() as uri, start_server(uri) as server:
        ada, ann = person(base_url=server.url, **options), person(base_url=server.url)
        page, code = ada.page, secrets.token_hex(3)
        address, name = f"ada+{code}@example.org", f"Ada {code}"
        apply(page, name, address)

        ada.follow_mailed_link(address)
        page.get_by_role("button", name="Confirm and open my desk").click()
        expect(page.get_by_role("heading", name="Waiting for approval")).to_be_visible()
        page.get_by_role("link", name="Say who you are").click()
        fill_in(page)
        page.get_by_role("button", name="Preview").click()
        expect(Parts(page).preview).to_contain_text("I ran a bakery in Lyon.")
        page.get_by_role("button", name="Save profile").click()
        expect(page.get_by_text("Your profile is saved.")).to_be_visible()
        portrait: Any = {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": picture()}
        page.get_by_label("A picture of you").set_input_files([portrait])
        page.get_by_role("button", name="Use this picture").click()
        expect(page.get_by_text("Your portrait is changed.")).to_be_visible()
        page.get_by_label("New ending").fill(f"ada-{code}-bakes")
        page.get_by_role("button", name="Change the address").click()
        expect(page.get_by_text("Your page has its new address.")).to_be_visible()
        set_price_and_hours(page)
        approve(uri, f"ada-{code}-bakes")

        found_by_search(ann.page, name, code)
        page.goto("/desk")
        expect(Parts(page).unlisted).to_have_count(0)
        ann.page.goto(f"/experts/ada-{code}")
        expect(ann.page).to_have_url(re.compile(f"/experts/ada-{code}-bakes$"))


def found_by_search(page: Page, name: str, code: str) -> None:
    page.goto(f"/experts?q={code}+sourdough")
    card = Parts(page).cards
    expect(card).to_contain_text(name)
    image = card.locator("img")
    expect(image).to_have_attribute("src", re.compile(r"portrait\.webp\?v="))
    page.wait_for_function(
        "() => document.querySelector('[data-testid=card] img').naturalWidth === 512"
    )
