"""The whole journey in a real browser, with JavaScript and without."""

import re
from collections.abc import Callable
from contextlib import suppress

import pytest
from playwright.sync_api import Error, Page, Route, expect

from tests.browser.parts import Parts
from tests.browser.people import Person, unused_expert
from tests.browser.unseen import Unseen

FRAMES = "() => new Promise((end) => requestAnimationFrame(() => requestAnimationFrame(end)))"


def test_two_windows_and_one_time(ann: Person, ben: Person, page_errors: list[str]):
    ann.open_expert(unused_expert())
    slot = ann.some_free_slot()
    ben.stand_beside(ann)

    ann.choose(slot)
    expect(ben.slot(slot)).to_contain_text("On hold")
    ann.fill_form()
    reference = ann.confirm()
    expect(ben.slot(slot)).to_contain_text("Booked")
    expect(ben.slot(slot).get_by_role("button")).to_be_disabled()
    ann.cancel(reference)
    expect(ben.slot(slot)).to_contain_text("Free")

    ben.book(slot, email="ben@example.org")
    assert page_errors == []


def test_the_journey_without_javascript(person):
    ann: Person = person(java_script_enabled=False)

    ann.page.goto("/")
    ann.page.get_by_label("Order").select_option("name")
    ann.page.get_by_role("button", name="Search").click()
    expect(ann.page).to_have_url(re.compile(r"sort=name"))
    ann.sees.card_links.first.click()
    ann.page.get_by_label("Times are in").select_option("Asia/Tokyo")
    ann.page.get_by_role("button", name="Change").click()
    expect(ann.page.get_by_label("Times are in")).to_have_value("Asia/Tokyo")
    ann.open_expert(unused_expert(), live=False)
    times, slot = ann.page.url, ann.some_free_slot()
    ann.choose(slot)
    ann.page.get_by_label("Your name").fill("Ann Arbor")
    ann.page.get_by_role("button", name="Confirm booking").click()
    expect(ann.page.get_by_text("Enter your e-mail address.").first).to_be_visible()
    expect(ann.page.get_by_label("Your name")).to_have_value("Ann Arbor")
    ann.page.get_by_label("Your e-mail").fill("ann@example.org")
    reference = ann.confirm()
    ann.page.goto("/bookings")
    expect(ann.page.locator(f"#booking-{reference}")).to_contain_text("Confirmed")
    ann.cancel(reference)
    ann.page.goto(times)

    expect(ann.slot(slot)).to_contain_text("Free")


def test_a_booking_moves_to_another_time(ann: Person, ben: Person):
    day = ben.open_expert(unused_expert())
    old, new = ben.some_free_slots(2)
    reference = ann.unseen.book(old)
    expect(ben.slot(old)).to_contain_text("Booked")

    ann.page.goto(f"/bookings/{reference}")
    ann.page.get_by_role("link", name="Move to another time").click()
    ann.see_live()
    ann.look_at(day)
    ann.slot(new).get_by_role("button").click()
    expect(ann.page.get_by_text("This time is on hold for you")).to_be_visible()
    expect(ben.slot(new)).to_contain_text("On hold")
    ann.page.get_by_role("button", name="Confirm the new time").click()

    expect(ann.page.get_by_text("It's moved. See you then!")).to_be_visible()
    assert ann.sees.reference.inner_text() == reference
    expect(ann.sees.steps).to_have_count(2)
    expect(ben.slot(old)).to_contain_text("Free")
    expect(ben.slot(new)).to_contain_text("Booked")


def test_a_time_lost_while_typing_offers_the_nearest_and_keeps_the_text(ann: Person, eve: Unseen):
    ann.page.route(re.compile(r"/live\?"), lambda route: route.abort())  # nothing tells her before
    ann.open_expert(unused_expert(), live=False)
    slot = ann.some_free_slot()
    ann.come_to_the_form(slot)
    ann.fill_form()
    ann.unseen.release(slot)
    eve.book(slot)

    ann.page.get_by_role("button", name="Confirm booking").click()
    expect(ann.page.get_by_role("heading", name="That time is gone")).to_be_visible()
    expect(ann.page.get_by_label("Your name")).to_have_value("Ann Arbor")
    ann.sees.alternatives.first.click()
    expect(ann.sees.hold_timer).to_contain_text("on hold for you")
    expect(ann.page.get_by_label("Your name")).to_have_value("Ann Arbor")

    ann.confirm()


@pytest.mark.only_browser("chromium")  # a page from Firefox's own memory stops the driver
def test_the_search_follows_typing_and_the_address_holds_it(ann: Person):
    page = ann.page
    names = Parts(page).card_links
    page.goto("/experts?sort=name")
    first = names.first.text_content() or ""

    page.get_by_label("Name, topic or skill").press_sequentially(first.split()[0][:4], delay=20)

    expect(page).to_have_url(re.compile(r"q=\w{3,4}.*sort=name"))
    expect(names.first).to_have_text(first)
    shown = names.all_text_contents()
    page.reload()
    expect(names).to_have_text(shown)
    names.first.click()
    page.go_back()
    expect(page.get_by_label("Name, topic or skill")).not_to_have_value("")
    expect(names).to_have_text(shown)


def test_an_empty_search_leads_out(ann: Person):
    ann.page.goto("/experts")
    ann.page.get_by_label("Name, topic or skill").fill("xyzzy")

    ann.page.get_by_role("link", name="the words “xyzzy”").click()

    expect(ann.sees.cards).to_have_count(12)


def test_another_language_keeps_what_the_address_has_become(ann: Person):
    page = ann.page
    page.goto("/experts?sort=name")
    page.get_by_label("Name, topic or skill").fill("a")
    expect(page).to_have_url(re.compile(r"q=a"))

    page.get_by_role("link", name="Deutsch").click()

    expect(page.locator("html")).to_have_attribute("lang", "de-DE")
    expect(page).to_have_url(re.compile(r"q=a.*lang=de"))


def failing(status: int | None) -> Callable[[Route], None]:
    """Return what answers a request with a status, or not at all."""

    def fail(route: Route) -> None:
        route.fulfill(status=status, body="<p>no</p>") if status else route.abort()

    return fail


def test_the_list_stays_and_says_so_when_the_search_fails(ann: Person):
    page = ann.page
    page.goto("/experts")
    words, fails = page.get_by_label("Name, topic or skill"), page.get_by_role("alert")

    for status in (None, 429, 502, 503):
        page.route("**/experts?*", failing(status))
        words.fill("tax")
        expect(fails).to_contain_text("could not be loaded")
        expect(Parts(page).cards).to_have_count(12)
        page.unroute("**/experts?*")
        words.fill("tax ")
        expect(Parts(page).cards).not_to_have_count(12)
        expect(fails).to_be_hidden()
        words.fill("")
        expect(Parts(page).cards).to_have_count(12)


@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Kolkata"])
def test_times_stand_in_the_zone_of_the_browser(person, zone):
    ann: Person = person(timezone_id=zone, knows_zone=False)

    ann.open_expert(unused_expert())

    expect(ann.page.get_by_label("Times are in")).to_have_value(zone)


def answered(page: Page, route: Route) -> None:
    """Let a request through that the page may have called off, and wait for what comes of it."""
    with suppress(Error):
        route.fulfill(response=route.fetch())
    page.evaluate(FRAMES)  # what an answer changes is changed with the next frame


def test_of_two_searches_the_latest_wins_however_late_the_first_is_answered(ann: Person):
    page, held = ann.page, list[Route]()
    page.goto("/experts")

    def hold_back(route: Route) -> None:
        held.append(route)

    page.route(re.compile(r"/experts\?q=tax"), hold_back)
    words = page.get_by_label("Name, topic or skill")

    with page.expect_request(re.compile(r"q=tax")):
        words.fill("tax")
    words.fill("mathematics")
    expect(page).to_have_url(re.compile(r"/experts\?q=mathematics$"))
    shown = Parts(page).card_names.all_inner_texts()
    assert shown
    for late in held:
        answered(page, late)

    assert Parts(page).card_names.all_inner_texts() == shown
    expect(page).to_have_url(re.compile(r"/experts\?q=mathematics$"))


@pytest.mark.parametrize("first", ["earlier", "later"])
def test_of_two_days_that_are_chosen_quickly_the_later_is_shown(ann: Person, first: str):
    """Whichever of the two is answered first."""
    page = ann.page
    ann.open_expert(unused_expert())
    others = Parts(page).other_dates
    earlier, later = (str(others.nth(n).get_attribute("id")) for n in (0, 1))
    asked: list[Route] = []

    def keep(route: Route) -> None:
        asked.append(route)

    page.route(re.compile(r"/slots\?.*day="), keep)
    for day in (earlier, later):
        with page.expect_request(re.compile(rf"/slots\?.*day={day.removeprefix('date-')}")):
            page.locator(f"#{day}").click()

    for route in asked if first == "earlier" else reversed(asked):
        answered(page, route)

    expect(page.locator(f"#{later}")).to_have_attribute("aria-current", "date")
    expect(page).to_have_url(re.compile(later.removeprefix("date-")))
