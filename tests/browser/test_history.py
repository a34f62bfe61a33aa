"""Back and forward through everything that visitors do: Back leaves every page."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.parts import Parts
from tests.browser.people import Person, unused_expert

LIST = re.compile(r"/experts\?q=")
EXPERT = re.compile(r"/experts/[\w-]+\?day=")
FORM = re.compile(r"/slots/\w+/book$|/reschedule\?slot_id=")
BOOKING = re.compile(r"/bookings/[0-9A-Z]{12}$")
CHOICE = re.compile(r"/bookings/[0-9A-Z]{12}/reschedule(\?day=.*)?$")


@dataclass
class Walker(Person):
    """A person who goes back and forward."""

    forms: dict[str, str] = field(default_factory=dict)
    """Pages by address, shown again as they were, as from a browser's cache.

    WebKit and Firefox cache pages like that. Chromium does not while a program drives it.
    """

    def keep_form(self) -> None:
        """Keep the form on the page, to show it again as it is."""
        self.forms[self.page.url] = self.page.evaluate("fetch('').then(answer => answer.text())")

    def answer(self, route: Route) -> None:
        """Answer with the kept page, if there is one."""
        kept = self.forms.get(route.request.url)
        if kept and route.request.is_navigation_request() and route.request.method == "GET":
            route.fulfill(body=kept, content_type="text/html")
        else:
            route.continue_()


@pytest.fixture(params=["kept", pytest.param("loaded again", marks=pytest.mark.soak)])
def walker(request: pytest.FixtureRequest, person: Callable[..., Person]) -> Walker:
    """A person whose browser keeps the forms that they leave, or loads them again."""
    ann = Walker(person().page)
    if request.param == "kept":
        ann.page.route(FORM, ann.answer)
    return ann


def go(page: Page, way: str, *addresses: re.Pattern[str]) -> None:
    """Press a button of the browser again and again, each time until the page has settled."""
    page.wait_for_load_state()
    for address in addresses:
        with page.expect_event("load"):
            page.evaluate(f"setTimeout(() => history.{way}())")
        expect(page).to_have_url(address)
        page.wait_for_load_state()
        expect(Parts(page).asking_hold).to_have_count(0)


def book_after_a_refusal(ann: Walker) -> tuple[str, date]:
    """Find an expert, choose a time, and book it at the second try; return reference and day."""
    page = ann.page
    day = ann.open_expert(unused_expert(), live=False)
    name, address = Parts(page).expert_name.inner_text(), page.url.partition("?")[0]
    page.goto("about:blank")
    page.goto(f"/experts?q={name}")
    page.goto(f"{address}?day={day}")
    ann.choose(ann.some_free_slot())
    ann.keep_form()
    Parts(page).confirm.click()
    expect(Parts(page).refusal).to_be_visible()
    ann.fill_form()
    return ann.confirm(), day


def test_back_leaves_a_booking_and_forward_returns_to_it(walker: Walker):
    book_after_a_refusal(walker)

    go(walker.page, "back", BOOKING, BOOKING, EXPERT, LIST)
    go(walker.page, "forward", EXPERT, BOOKING, BOOKING, BOOKING)


@pytest.mark.soak
def test_back_leaves_a_booking_that_was_moved_and_cancelled(walker: Walker, browser_name: str):
    reference, day = book_after_a_refusal(walker)
    page = walker.page
    page.goto(f"/bookings/{reference}/reschedule?day={day}")
    walker.free_slots().last.get_by_role("button").click()
    expect(page.get_by_role("button", name="Confirm the new time")).to_be_visible()
    walker.keep_form()
    page.get_by_role("button", name="Confirm the new time").click()
    expect(page.get_by_text("It's moved. See you then!")).to_be_visible()
    page.get_by_text("Cancel booking…").click()
    page.get_by_role("button", name="Yes, cancel it").click()
    expect(page.get_by_text("This booking was cancelled.")).to_be_visible()

    # Moved and cancelled the booking has one address: one entry in Firefox.
    again = [] if browser_name == "firefox" else [BOOKING]
    go(page, "back", *again, BOOKING, CHOICE, BOOKING, FORM, FORM, EXPERT, LIST)
    go(page, "forward", EXPERT, FORM, FORM, BOOKING, CHOICE, BOOKING, *again, BOOKING)
