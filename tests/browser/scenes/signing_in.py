"""Proving an address, and what goes wrong on the way."""

import re
import secrets

from playwright.sync_api import Page, expect

from domain.rules.request_limits import LINKS_OF_ADDRESS_THERE
from tests.browser.people import Person
from tests.browser.scenes.stage import Stage, scene


def _ask_for_link(page: Page, email: str) -> None:
    page.goto("/bookings")
    page.get_by_label("Your e-mail").fill(email)
    page.get_by_role("button", name="E-mail me a link").click()


def _open_link(stage: Stage) -> Person:
    ann = stage.arrive()
    address = f"ann+{secrets.token_hex(3)}@example.org"
    ann.unseen.book(stage.free_slot(ann), email=address)
    ann.page.goto(ann.unseen.ask_for_link(address))
    expect(ann.page.get_by_role("button", name="Show my bookings")).to_be_visible()
    return ann


def _sign_in(ann: Person) -> None:
    ann.page.get_by_role("button", name="Show my bookings").click()
    expect(ann.page.locator("#signed-in")).to_be_visible()


@scene
def link_for_no_address(stage: Stage) -> Page:
    page = stage.arrive().page
    _ask_for_link(page, "ann@")
    expect(page.get_by_role("alert")).to_be_visible()
    return page


@scene
def link_is_sent(stage: Stage) -> Page:
    page = stage.arrive().page
    _ask_for_link(page, "nobody@example.org")
    expect(page.get_by_role("heading", name="Check your inbox")).to_be_visible()
    return page


@scene
def too_many_links(stage: Stage) -> Page:
    ann = stage.arrive()
    page = ann.page
    for _ in range(LINKS_OF_ADDRESS_THERE.most):
        ann.unseen.post("/bookings/link", email="eager@example.org")
    _ask_for_link(page, "eager@example.org")
    expect(page.get_by_role("alert")).to_contain_text("too many links")
    return page


@scene
def link(stage: Stage) -> Page:
    return _open_link(stage).page


@scene
def link_that_is_spent(stage: Stage) -> Page:
    ann = _open_link(stage)
    address = ann.page.url
    _sign_in(ann)
    ann.page.goto(address)
    return ann.page


@scene
def signed_in(stage: Stage) -> Page:
    ann = _open_link(stage)
    _sign_in(ann)
    return ann.page


@scene
def sign_in_at_the_provider_that_is_over(stage: Stage) -> Page:
    page = stage.arrive().page
    page.goto("/sign-in/openid/back")
    expect(page.get_by_role("link", name="Sign in with Example Chamber")).to_be_visible()
    return page


@scene
def ones_own_data(stage: Stage) -> Page:
    page = signed_in(stage)
    page.get_by_role("link", name="Your data").click()
    expect(page).to_have_url(re.compile("/bookings/data$"))
    return page


@scene
def erased(stage: Stage) -> Page:
    page = ones_own_data(stage)
    page.get_by_text("Erase me…").click()
    page.get_by_role("button", name="Yes, erase me").click()
    expect(page.locator("#erased")).to_be_visible()
    return page


@scene
def outbox(stage: Stage) -> Page:
    ann = stage.arrive()
    stage.book(ann)
    ann.unseen.mailed_link("ann@example.org", "/bookings/")
    ann.page.goto("/dev/outbox")
    expect(ann.sees.letters.first).to_be_visible()
    return ann.page


@scene
def nothing_there(stage: Stage) -> Page:
    page = stage.arrive().page
    page.goto("/nothing")
    return page


@scene
def nothing_there_in_german(stage: Stage) -> Page:
    page = stage.arrive(locale="de-DE").page
    page.goto("/nothing")
    return page
