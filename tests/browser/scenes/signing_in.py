"""Proving an address, and what goes wrong on the way."""

import re

from playwright.sync_api import Page, expect

from domain.sign_in import LINKS_PER_ADDRESS
from tests.browser.scenes.stage import Stage, follow_letter, scene


def _ask_for_link(page: Page, email: str) -> None:
    page.goto("/bookings")
    page.get_by_label("Your e-mail").fill(email)
    page.get_by_role("button", name="Mail me a link").click()


def _open_link(stage: Stage) -> Page:
    page = stage.with_a_booking().page
    _ask_for_link(page, "ann@example.org")
    follow_letter(page, "ann@example.org", "/bookings/link/")
    expect(page.get_by_role("button", name="Show my bookings")).to_be_visible()
    return page


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
    expect(page.get_by_role("heading", name="Look into your mail")).to_be_visible()
    return page


@scene
def too_many_links(stage: Stage) -> Page:
    page = stage.arrive().page
    for _ in range(LINKS_PER_ADDRESS + 1):
        _ask_for_link(page, "eager@example.org")
    expect(page.get_by_role("alert")).to_contain_text("Enough links")
    return page


@scene
def link(stage: Stage) -> Page:
    return _open_link(stage)


@scene
def link_that_is_spent(stage: Stage) -> Page:
    page = _open_link(stage)
    address = page.url
    page.get_by_role("button", name="Show my bookings").click()
    expect(page.locator("#signed-in")).to_be_visible()
    page.goto(address)
    return page


@scene
def signed_in(stage: Stage) -> Page:
    page = _open_link(stage)
    page.get_by_role("button", name="Show my bookings").click()
    expect(page.locator("#signed-in")).to_be_visible()
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
    page = stage.with_a_booking().page
    page.goto("/dev/outbox")
    expect(page.locator(".outbox__mail").first).to_be_visible()
    return page


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
