"""Every page for everybody: the keyboard is enough, nothing is cut off."""

import re
from datetime import date, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.browser.people import Person, unused_expert


def focus(page: Page, selector: str) -> None:
    for _ in range(200):
        page.keyboard.press("Tab")
        if page.evaluate("(s) => document.activeElement.matches(s)", selector):
            return
    raise AssertionError(f"the Tab key never reaches {selector}")


def test_a_booking_takes_nothing_but_the_keyboard(ann: Person):
    page = ann.page
    page.goto("/")
    focus(page, ".card__link")
    page.keyboard.press("Enter")
    ann.see_live()
    focus(page, ".slot--free button")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/book$"))
    focus(page, "#name")
    page.keyboard.type("Ann Arbor")
    focus(page, "#email")
    page.keyboard.type("ann@example.org")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/bookings/"))
    focus(page, "#cancel summary")
    page.keyboard.press("Enter")
    focus(page, "#cancel button")
    page.keyboard.press("Enter")

    expect(page.get_by_text("This booking was cancelled.")).to_be_visible()


def test_a_form_that_needs_mending_takes_the_focus_to_the_field(ann: Person):
    ann.open_expert(unused_expert())
    ann.choose(ann.some_free_slot())
    ann.page.get_by_label("Your name").fill("Ann")

    ann.page.get_by_role("button", name="Confirm booking").click()

    expect(ann.page.get_by_label("Your e-mail")).to_be_focused()


@pytest.mark.parametrize("width", [320, 2560])
def test_nothing_is_wider_than_the_window(person, width):
    ann: Person = person(viewport={"width": width, "height": 800})
    ann.open_expert(unused_expert())
    slot = ann.some_free_slot()
    paths = ["/", ann.page.url, "/bookings", "/nothing"]
    ann.choose(slot)
    paths.append(ann.page.url)
    ann.fill_form()
    ann.confirm()
    paths.append(ann.page.url)

    for path in paths:
        ann.page.goto(path)
        assert ann.page.evaluate("document.documentElement.scrollWidth") <= width, path


def test_the_month_is_complete_by_keyboard(ann: Person):
    page = ann.page
    ann.open_expert(unused_expert())
    today = date.fromisoformat(page.evaluate("new Date().toLocaleDateString('sv')"))
    focus(page, ".date")
    start = focused_date(page)

    def press(key: str) -> date:
        before = focused_date(page)
        page.keyboard.press(key)
        expect(page.locator(f"a.date:focus:not(#date-{before})")).to_have_count(1)
        return focused_date(page)

    assert press("ArrowRight") == start + timedelta(days=1)
    assert press("ArrowDown") == start + timedelta(days=8)
    assert press("ArrowUp") == start + timedelta(days=1)
    assert press("ArrowLeft") == start
    assert press("PageDown").month == start.month % 12 + 1
    page.keyboard.press("End")
    assert focused_date(page).weekday() == 6 or (focused_date(page) + timedelta(days=1)).day == 1
    assert press("PageUp").month == start.month
    page.keyboard.press("Home")
    assert focused_date(page).weekday() == 0 or focused_date(page) in {today, today.replace(day=1)}
    assert page.locator('.date[tabindex="0"]').count() == 1
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.getAttribute('aria-current')") == "date"
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"day={focused_date(page)}"))


def focused_date(page: Page) -> date:
    element_id = page.evaluate("document.activeElement.id")
    assert element_id.startswith("date-"), element_id
    return date.fromisoformat(element_id.removeprefix("date-"))
