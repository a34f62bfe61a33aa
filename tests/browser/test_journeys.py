"""The whole journey in a real browser, with JavaScript and without."""

import re
from contextlib import suppress

import pytest
from playwright.sync_api import Error, Page, Route, expect

from tests.browser.people import Person, unused_expert

LIVE_MS = 500
SOON_AFTER = "() => new Promise((end) => setTimeout(end, 300))"
"""When an answer that was let through is shown, if it is shown at all."""

NOTE_CHANGES = """
(id) => {
  window.seen = {};
  const look = () => {
    const status = document.getElementById(id)?.dataset.status;
    if (status && !(status in window.seen)) window.seen[status] = Date.now();
  };
  look();
  new MutationObserver(look).observe(document.getElementById("times"), {
    subtree: true, childList: true, attributes: true,
  });
}
"""

NOTE_CLICK = """
() => addEventListener("click", () => sessionStorage.setItem("clicked", Date.now()), true)
"""


def clicked_at(page: Page) -> int:
    return int(page.evaluate("sessionStorage.getItem('clicked')"))


def test_two_windows_and_one_time(ann: Person, ben: Person, page_errors: list[str]):
    number = unused_expert()
    ann.open_expert(number)
    ben.open_expert(number)
    ben.look_at(ann.look_ahead())
    slot = ann.some_free_slot()
    ben.see_live()
    ben.page.evaluate(NOTE_CHANGES, slot)

    ann.page.evaluate(NOTE_CLICK)
    ann.choose(slot)
    expect(ben.slot(slot)).to_contain_text("On hold")
    held_after = ben.page.evaluate("seen.held") - clicked_at(ann.page)
    ann.fill_form()
    ann.page.evaluate(NOTE_CLICK)
    reference = ann.confirm()
    expect(ben.slot(slot)).to_contain_text("Booked")
    booked_after = ben.page.evaluate("seen.booked") - clicked_at(ann.page)
    expect(ben.slot(slot).get_by_role("button")).to_be_disabled()
    ann.cancel(reference)
    expect(ben.slot(slot)).to_contain_text("Free")

    assert 0 < held_after < LIVE_MS
    assert 0 < booked_after < LIVE_MS
    ben.book(slot, email="ben@example.org")
    assert page_errors == []


def test_the_journey_without_javascript(person):
    ann: Person = person(java_script_enabled=False)
    number = unused_expert()

    ann.page.goto("/")
    ann.page.get_by_label("Order").select_option("name")
    ann.page.get_by_role("button", name="Search").click()
    expect(ann.page).to_have_url(re.compile(r"sort=name"))
    ann.open_expert(number, live=False)
    ann.page.get_by_label("Times are in").select_option("Asia/Tokyo")
    ann.page.get_by_role("button", name="Change").click()
    expect(ann.page.get_by_label("Times are in")).to_have_value("Asia/Tokyo")
    day = ann.look_ahead()
    slot = ann.some_free_slot()
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
    ann.open_expert(number, live=False)
    ann.look_at(day)

    expect(ann.slot(slot)).to_contain_text("Free")
    ann.book(slot)


@pytest.mark.parametrize("scripts", [True, False], ids=["live", "without JavaScript"])
def test_a_booking_moves_to_another_time(person, ben: Person, scripts: bool):
    ann: Person = person(java_script_enabled=scripts)
    number = unused_expert()
    ann.open_expert(number, live=scripts)
    ben.open_expert(number)
    ben.look_at(day := ann.look_ahead())
    old, new = (ann.free_slots().nth(n).get_attribute("id") or "" for n in (0, 1))
    reference = ann.book(old)
    expect(ben.slot(old)).to_contain_text("Booked")

    ann.page.get_by_role("link", name="Move to another time").click()
    ann.look_at(day)
    ann.slot(new).get_by_role("button").click()
    expect(ann.page.get_by_text("This time is kept for you")).to_be_visible()
    expect(ben.slot(new)).to_contain_text("On hold")
    ann.page.get_by_role("button", name="Confirm the new time").click()

    expect(ann.page.get_by_text("It's moved. See you then!")).to_be_visible()
    assert ann.page.locator("code").inner_text() == reference
    expect(ann.page.locator(".history__step")).to_have_count(2)
    expect(ben.slot(old)).to_contain_text("Free")
    expect(ben.slot(new)).to_contain_text("Booked")


def test_leaving_the_page_gives_the_time_up(ann: Person, ben: Person):
    number = unused_expert()
    ann.open_expert(number)
    ben.open_expert(number)
    slot = ann.some_free_slot()
    ann.choose(slot)
    expect(ben.slot(slot)).to_contain_text("On hold")

    ann.page.goto("/bookings")

    expect(ben.slot(slot)).to_contain_text("Free", timeout=40_000)


def test_keeping_a_time_longer_loses_nothing_that_was_typed(ann: Person):
    ann.open_expert(unused_expert())
    ann.choose(ann.some_free_slot())
    ann.fill_form()
    before = ann.page.locator("#hold-timer").get_attribute("data-held-until")

    ann.page.get_by_role("button", name="Keep it longer").click()

    expect(ann.page.locator("#hold-timer")).not_to_have_attribute("data-held-until", before or "")
    expect(ann.page.get_by_label("Your name")).to_have_value("Ann Arbor")
    ann.confirm()


def test_giving_a_time_up_leads_back_to_the_times(ann: Person):
    ann.open_expert(unused_expert())
    slot = ann.some_free_slot()
    ann.choose(slot)

    ann.page.get_by_role("button", name="Give it up").click()

    expect(ann.slot(slot)).to_contain_text("Free")


def test_a_time_lost_while_typing_offers_the_nearest_and_keeps_the_text(ann, ben: Person):
    number = unused_expert()
    ann.open_expert(number)
    ben.open_expert(number)
    slot = ann.some_free_slot()
    ann.page.route(re.compile(r"/live\?"), lambda route: route.abort())  # nothing tells her before
    ann.choose(slot)
    ann.fill_form()
    ann.page.evaluate(
        """async () => {
          const form = new FormData(document.getElementById("booking-form"));
          form.set("slot_id", document.getElementById("hold-timer").dataset.slotId);
          await fetch("/holds/release", { method: "POST", body: new URLSearchParams(form) });
        }"""
    )
    ben.book(slot, email="ben@example.org")

    ann.page.get_by_role("button", name="Confirm booking").click()
    expect(ann.page.get_by_role("heading", name="That time is gone")).to_be_visible()
    expect(ann.page.get_by_label("Your name")).to_have_value("Ann Arbor")
    ann.page.locator(".alternatives button").first.click()
    expect(ann.page.get_by_label("Your name")).to_have_value("Ann Arbor")

    ann.confirm()


def test_a_link_by_mail_shows_the_bookings_in_another_browser(ann: Person, ben: Person):
    ann.open_expert(unused_expert())
    reference = ann.book(ann.some_free_slot(), email="ann+link@example.org")

    ben.page.goto("/bookings")
    ben.page.get_by_label("Your e-mail").fill("Ann+Link@Example.org")
    ben.page.get_by_role("button", name="Mail me a link").click()
    ben.follow_mailed_link("ann+link@example.org")
    ben.page.get_by_role("button", name="Show my bookings").click()

    expect(ben.page.locator(f"#booking-{reference}")).to_be_visible()
    ben.page.get_by_role("button", name="Sign out").click()
    expect(ben.page.locator(f"#booking-{reference}")).to_have_count(0)


def test_the_search_follows_typing_and_the_address_holds_it(ann: Person):
    page = ann.page
    names = page.locator(".card__link")
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

    expect(ann.page.locator(".card")).to_have_count(12)


@pytest.mark.parametrize("status", [None, 429, 502, 503])
def test_the_list_stays_and_says_so_when_the_search_fails(ann: Person, status: int | None):
    def fail(route: Route) -> None:
        route.fulfill(status=status, body="<p>no</p>") if status else route.abort()

    ann.page.goto("/experts")
    ann.page.route("**/experts?*", fail)

    ann.page.get_by_label("Name, topic or skill").fill("tax")

    expect(ann.page.get_by_role("alert")).to_contain_text("could not be loaded")
    expect(ann.page.locator(".card")).to_have_count(12)
    ann.page.unroute("**/experts?*")
    ann.page.get_by_label("Name, topic or skill").fill("tax ")
    expect(ann.page.locator(".card")).not_to_have_count(12)
    expect(ann.page.get_by_role("alert")).to_be_hidden()


@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Kolkata"])
def test_times_stand_in_the_zone_of_the_browser(person, zone):
    ann: Person = person(timezone_id=zone)

    ann.open_expert(unused_expert())

    expect(ann.page.get_by_label("Times are in")).to_have_value(zone)


def test_of_two_searches_the_latest_wins_however_late_the_first_is_answered(ann: Person):
    page, held = ann.page, list[Route]()
    page.goto("/bookings")  # the first page learns the zone, and may be loaded twice for it
    page.goto("/experts")

    def hold_back(route: Route) -> None:
        held.append(route)

    page.route(re.compile(r"/experts\?q=tax"), hold_back)
    words = page.get_by_label("Name, topic or skill")

    with page.expect_request(re.compile(r"q=tax")):
        words.fill("tax")
    words.fill("mathematics")
    expect(page).to_have_url(re.compile(r"/experts\?q=mathematics$"))
    shown = page.locator(".card__name").all_inner_texts()
    assert shown
    for late in held:
        with suppress(Error):  # it was called off
            late.continue_()
    page.wait_for_timeout(500)

    assert page.locator(".card__name").all_inner_texts() == shown
    expect(page).to_have_url(re.compile(r"/experts\?q=mathematics$"))


def test_another_language_keeps_what_the_address_has_become(ann: Person):
    page = ann.page
    page.goto("/experts?sort=name")
    page.get_by_label("Name, topic or skill").fill("a")
    expect(page).to_have_url(re.compile(r"q=a"))

    page.get_by_role("link", name="Deutsch").click()

    expect(page.locator("html")).to_have_attribute("lang", "de-DE")
    expect(page).to_have_url(re.compile(r"q=a.*lang=de"))


@pytest.mark.parametrize("first", ["earlier", "later"])
def test_of_two_days_that_are_chosen_quickly_the_later_is_shown(ann: Person, first: str):
    """Whichever of the two is answered first."""
    page = ann.page
    ann.open_expert(unused_expert())
    ann.look_ahead()
    earlier, later = (
        str(page.locator("a.date:not([aria-current])").nth(n).get_attribute("id")) for n in (0, 1)
    )
    asked: list[Route] = []

    def keep(route: Route) -> None:
        asked.append(route)

    page.route(re.compile(r"/slots\?.*day="), keep)
    for day in (earlier, later):
        with page.expect_request(re.compile(rf"/slots\?.*day={day.removeprefix('date-')}")):
            page.locator(f"#{day}").click()

    for route in asked if first == "earlier" else reversed(asked):
        with suppress(Error):  # the page no longer waits for it
            route.continue_()
        page.evaluate(SOON_AFTER)

    expect(page.locator(f"#{later}")).to_have_attribute("aria-current", "date")
    expect(page).to_have_url(re.compile(later.removeprefix("date-")))
