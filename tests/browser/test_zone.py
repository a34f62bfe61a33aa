"""Choosing the zone that times are shown in, by pointer and by keyboard."""

import re

from playwright.sync_api import expect

from tests.browser.people import Person, unused_expert
from tests.browser.test_accessibility import focus


def test_an_arrow_key_chooses_and_the_button_changes(ann: Person):
    page = ann.page
    ann.open_expert(unused_expert(), live=False)
    before = page.url
    zone = page.get_by_label("Times are in")
    focus(page, "#zone")

    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")

    chosen = zone.input_value()
    assert chosen != "Europe/Berlin"
    assert page.url == before
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Change")).to_be_focused()
    page.keyboard.press("Enter")
    expect(ann.sees.slots.locator("time").first).to_be_visible()
    expect(zone).to_have_value(chosen)
    expect(zone).to_be_focused()


def test_by_pointer_choosing_is_enough(ann: Person):
    ann.open_expert(unused_expert(), live=False)
    zone = ann.page.get_by_label("Times are in")
    expect(ann.sees.zone_button).to_be_hidden()

    zone.select_option("Asia/Tokyo")

    expect(ann.page).to_have_url(re.compile("zone=Asia%2FTokyo"))
    expect(zone).to_have_value("Asia/Tokyo")
    expect(zone).to_be_focused()
