"""Journeys on a bad line: slow, cut off in the middle, or with answers that get lost."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Locator, Page, Request, Route, expect

from tests.browser.loads import SLOW_NETWORK
from tests.browser.people import AHEAD, EXPERTS, SLUGS, Person, unused_expert
from tests.browser.unseen import Unseen

pytestmark = pytest.mark.only_browser("chromium")  # no other one's line can be slowed down and cut

SCRIPTS = re.compile(r"/static/scripts\.js")
STREAM = re.compile(r"/live\?")
LISTS = re.compile(r"/slots\?")
SEARCHES = re.compile(r"/experts\?q=")
BOOKING = re.compile(r"/bookings/[0-9A-Z]{12}")
FORM = re.compile(r"/slots/\w+/book$")
OFFLINE = "You are offline. This page may be out of date."
UNSENT = "nothing was sent"
WORDS_AFTER = "thing => getComputedStyle(thing, '::after').content"
ANSWERED_MS = 8_000
"""After so many milliseconds without an answer a form can be sent again, as in forms.js."""


@dataclass
class Gate:
    """Holds back what a page asks for until a test opens it."""

    kept: list[Route] = field(default_factory=list)
    is_open: bool = False

    def __call__(self, route: Route) -> None:
        """Keep a request, or let it through."""
        if self.is_open:
            route.continue_()
        else:
            self.kept.append(route)

    def open(self) -> None:
        """Let through what was kept, and all that comes."""
        assert self.kept, "nothing was asked for"
        self.is_open = True
        for route in self.kept:
            route.continue_()


@contextmanager
def held_back(page: Page, what: re.Pattern[str]) -> Iterator[Gate]:
    """Hold back what a page asks for."""
    gate = Gate()
    page.route(what, gate)
    yield gate
    if not gate.is_open:
        gate.open()


def slow_down(page: Page) -> None:
    """Give a page a slow line."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("Network.enable")
    devtools.send("Network.emulateNetworkConditions", SLOW_NETWORK)


def posts(page: Page) -> list[str]:
    """Return the paths of the forms that a page will send; the list grows."""
    sent: list[str] = []

    def note(request: Request) -> None:
        if request.method == "POST":
            sent.append(urlsplit(request.url).path)

    page.on("request", note)
    return sent


def treat_first_form(page: Page, what: str, treat: Callable[[Route], None]) -> None:
    """Treat the first form that a page sends in another way."""
    treated: list[Route] = []

    def answer(route: Route) -> None:
        if treated or route.request.method != "POST":
            route.continue_()
            return
        treated.append(route)
        treat(route)

    page.route(what, answer)


def answer_nothing_once(page: Page, what: str) -> None:
    """Leave the first form without an answer: to the page one that is stopped never comes."""

    def answer_nothing(route: Route) -> None:
        route.fetch(max_redirects=0)
        route.abort("aborted")

    treat_first_form(page, what, answer_nothing)


def go_offline(ann: Person) -> None:
    """Cut the line, and see that the page says so."""
    ann.page.context.set_offline(True)
    expect(ann.sees.offline).to_have_text(OFFLINE)


def come_back(ann: Person) -> None:
    """Mend the line, and see that the page no longer complains."""
    ann.page.context.set_offline(False)
    expect(ann.sees.offline).to_be_empty()
    expect(ann.page.get_by_role("alert")).to_have_count(0)


def expect_unsent(ann: Person) -> None:
    """Expect that the page says in words that a form was not sent."""
    expect(ann.sees.offline).to_contain_text(UNSENT)
    expect(ann.sees.offline).to_be_in_viewport()


def expect_filled(ann: Person) -> None:
    """Expect everything in the booking form that was typed into it."""
    expect(ann.sees.name).to_have_value("Ann Arbor")
    expect(ann.sees.email).to_have_value("ann@example.org")


def words(ann: Person) -> Locator:
    """The field for the words of a search."""
    return ann.page.get_by_label("Name, topic or skill")


def at_the_form(ann: Person) -> str:
    """Bring Ann to the form of a time by way of its list; return the time."""
    ann.open_expert(unused_expert())
    slot = ann.some_free_slot()
    ann.come_to_the_form(slot)
    ann.fill_form()
    return slot


# A slow line


@pytest.mark.soak
def test_a_journey_on_a_slow_line_loses_nothing_and_does_everything_once(
    ann: Person, page_errors: list[str]
):
    page, expert = ann.page, unused_expert()
    slow_down(page)
    sent = posts(page)

    page.goto("/experts", wait_until="commit")
    words(ann).press_sequentially(EXPERTS[expert].name)
    expect(ann.sees.card_names).to_have_text([EXPERTS[expert].name])
    expect(words(ann)).to_be_focused()
    ann.sees.card_links.first.click()
    expect(ann.sees.expert_name).to_have_text(EXPERTS[expert].name)
    page.goto(f"{page.url}?day={ann.unseen.free_day(SLUGS[expert], ahead=AHEAD, free=1)}")
    ann.see_live()
    slot = ann.some_free_slot()
    ann.slot(slot).get_by_role("button").dblclick(no_wait_after=True)
    expect(page).to_have_url(FORM)
    ann.fill_form()
    expect(ann.sees.time_left).to_contain_text("left")
    expect_filled(ann)
    ann.sees.confirm.dblclick(no_wait_after=True)
    expect(page).to_have_url(BOOKING)
    page.get_by_text("Cancel booking…").click()
    page.get_by_role("button", name="Yes, cancel it").dblclick(no_wait_after=True)
    expect(page.get_by_text("This booking was cancelled.")).to_be_visible()

    assert [path.rpartition("/")[2] for path in sent] == ["holds", "book", "cancel"]
    assert page_errors == []


def test_what_was_typed_before_the_scripts_came_is_searched_for(ann: Person):
    name = EXPERTS[unused_expert()].name
    with held_back(ann.page, SCRIPTS) as scripts:
        ann.page.goto("/experts", wait_until="commit")
        words(ann).press_sequentially(name)
        scripts.open()

        expect(ann.sees.card_names).to_have_text([name])

    expect(words(ann)).to_have_value(name)
    expect(words(ann)).to_be_focused()


@pytest.mark.soak
def test_a_refused_form_leaves_the_focus_to_who_types_before_its_scripts_came(ann: Person):
    at_the_form(ann)
    ann.sees.name.fill("")
    ann.page.route(SCRIPTS, gate := Gate())
    ann.sees.confirm.click()
    notes = ann.page.get_by_label("What would you like to talk about?")
    expect(ann.sees.refusal).to_be_visible()
    notes.press_sequentially("Contracts")

    gate.open()
    expect(ann.sees.time_left).to_contain_text("left")
    ann.page.wait_for_load_state()

    expect(notes).to_be_focused()
    expect(notes).to_have_value("Contracts")
    expect(ann.sees.email).to_have_value("ann@example.org")


@pytest.mark.soak
def test_a_page_says_that_it_connects_before_it_is_live(ann: Person):
    with held_back(ann.page, STREAM):
        ann.open_expert(unused_expert(), live=False)

        expect(ann.sees.live_status).to_have_text("Connecting…")

    expect(ann.sees.live_status).to_have_text("Live")


@pytest.mark.soak
def test_results_and_times_say_that_they_are_loading(ann: Person):
    ann.page.goto("/experts")
    with held_back(ann.page, SEARCHES):
        words(ann).press_sequentially("law")
        expect(ann.sees.loading_results).to_be_visible()
        assert "Loading" in ann.sees.count.evaluate(WORDS_AFTER)
    expect(ann.sees.loading_results).to_have_count(0)
    assert "Loading" not in ann.sees.count.evaluate(WORDS_AFTER)
    ann.open_expert(unused_expert())
    name = ann.page.locator("#month-name")

    with held_back(ann.page, LISTS):
        ann.sees.other_dates.last.click()
        expect(ann.sees.loading_times).to_be_visible()
        assert "Loading" in name.evaluate(WORDS_AFTER)
    expect(ann.sees.loading_times).to_have_count(0)
    assert "Loading" not in name.evaluate(WORDS_AFTER)


@pytest.mark.soak
def test_the_focus_stays_on_a_day_whose_times_come_late(ann: Person):
    ann.open_expert(unused_expert())
    slow_down(ann.page)
    day = str(ann.sees.other_dates.last.get_attribute("id"))
    ann.page.locator(f"#{day}").focus()

    ann.page.keyboard.press("Enter")
    expect(ann.sees.times).to_have_attribute("data-first", day.removeprefix("date-"))

    expect(ann.page.locator(f"#{day}")).to_be_focused()


@pytest.mark.soak
def test_a_time_that_is_chosen_twice_is_asked_for_once_and_another_instead_of_it(ann: Person):
    ann.page.clock.install()
    ann.open_expert(unused_expert())
    ann.stop_the_clock()
    first, second = (ann.slot(slot).get_by_role("button") for slot in ann.some_free_slots(2))
    sent = posts(ann.page)
    answer_nothing_once(ann.page, "**/holds")

    first.click()
    expect(first).to_have_attribute("aria-busy", "true")
    first.click()
    expect(first).to_have_attribute("aria-busy", "true")
    second.click()

    expect(ann.page).to_have_url(FORM)
    assert sent == ["/holds", "/holds"]


# Offline in the middle


@pytest.mark.soak
def test_what_is_searched_for_offline_is_found_once_back(ann: Person):
    name = EXPERTS[unused_expert()].name
    ann.page.goto("/experts")
    go_offline(ann)

    words(ann).press_sequentially(name)
    expect(ann.page.get_by_role("alert")).to_contain_text("could not be loaded")
    come_back(ann)

    expect(ann.sees.card_names).to_have_text([name])
    expect(words(ann)).to_be_focused()


@pytest.mark.soak
def test_to_try_again_while_offline_leads_nowhere_else(ann: Person):
    ann.page.goto("/experts")
    go_offline(ann)
    words(ann).press_sequentially("law")
    again = ann.page.get_by_role("link", name="Try again")
    expect(again).to_be_visible()

    with ann.page.expect_event("requestfailed"):
        again.click()
    expect(again).to_be_visible()
    expect(words(ann)).to_have_value("law")
    come_back(ann)

    expect(ann.page).to_have_url(SEARCHES)


@pytest.mark.soak
def test_a_portrait_that_could_not_be_fetched_is_fetched_once_back(ann: Person):
    portraits = re.compile(r"/portrait")
    ann.page.route(portraits, lambda route: route.abort())
    ann.page.goto("/experts")
    portrait = ann.sees.cards.locator("img").first
    expect(portrait).to_have_js_property("complete", True)
    expect(portrait).to_have_js_property("naturalWidth", 0)
    go_offline(ann)

    ann.page.unroute(portraits)
    come_back(ann)

    expect(portrait).not_to_have_js_property("naturalWidth", 0)


@pytest.mark.soak
def test_a_list_that_is_not_live_looks_it_and_sends_nothing(ann: Person, eve: Unseen):
    ann.open_expert(unused_expert())
    slot, taken = ann.some_free_slots(2)
    go_offline(ann)
    eve.hold(taken)

    expect(ann.sees.live_status).to_have_text("Reconnecting…")
    expect(ann.sees.days).to_have_css("filter", re.compile("grayscale"))
    ann.slot(slot).get_by_role("button").click()
    expect_unsent(ann)
    expect(ann.slot(slot)).to_be_visible()
    come_back(ann)

    expect(ann.sees.live_status).to_have_text("Live")
    expect(ann.sees.days).to_have_css("filter", "none")
    expect(ann.slot(taken)).to_contain_text("On hold")
    ann.choose(slot)


@pytest.mark.soak
def test_a_day_that_is_asked_for_offline_comes_once_back(ann: Person):
    ann.open_expert(unused_expert())
    go_offline(ann)
    date = ann.sees.other_dates.last
    day = str(date.get_attribute("id")).removeprefix("date-")

    date.click()
    expect(ann.page.get_by_role("alert")).to_contain_text("could not be loaded")
    come_back(ann)

    expect(ann.sees.times).to_have_attribute("data-first", day)
    expect(ann.page).to_have_url(re.compile(rf"day={day}&zone=Europe/Berlin$"))
    expect(ann.sees.live_status).to_have_text("Live")


@pytest.mark.soak
def test_another_zone_is_not_shown_as_chosen_while_offline(ann: Person):
    ann.open_expert(unused_expert())
    go_offline(ann)

    ann.sees.zone.select_option("Asia/Tokyo")

    expect_unsent(ann)
    expect(ann.sees.zone).to_have_value("Europe/Berlin")


def test_a_form_that_is_sent_offline_keeps_what_was_typed_and_says_so(ann: Person):
    at_the_form(ann)
    go_offline(ann)

    ann.sees.confirm.click()
    expect_unsent(ann)
    expect_filled(ann)
    expect(ann.sees.confirm).not_to_have_attribute("aria-busy", "true")
    come_back(ann)
    expect_filled(ann)
    ann.page.reload()
    expect(ann.sees.asking_hold).to_have_count(0)

    expect_filled(ann)
    ann.confirm()


@pytest.mark.soak
@pytest.mark.parametrize("button", ["Extend the hold", "Release it"])
def test_what_becomes_of_a_hold_is_not_changed_offline(ann: Person, button: str):
    at_the_form(ann)
    go_offline(ann)

    ann.page.get_by_role("button", name=button).click()

    expect_unsent(ann)
    expect_filled(ann)
    come_back(ann)
    ann.confirm()


@pytest.mark.soak
def test_a_server_that_is_reached_without_a_network_takes_forms(ann: Person):
    """As on a laptop that serves itself: its browser says that it is offline."""
    ann.page.add_init_script("Object.defineProperty(navigator, 'onLine', { get: () => false })")
    ann.open_expert(unused_expert())
    ann.choose(ann.some_free_slot())
    ann.fill_form()

    ann.confirm()

    expect(ann.sees.offline).to_be_empty()


@pytest.mark.soak
def test_a_booking_is_not_cancelled_offline(ann: Person):
    ann.open_expert(unused_expert())
    reference = ann.unseen.book(ann.some_free_slot())
    ann.page.goto(f"/bookings/{reference}")
    ann.page.get_by_text("Cancel booking…").click()
    sure = ann.page.get_by_role("button", name="Yes, cancel it")
    go_offline(ann)

    sure.click()
    expect_unsent(ann)
    come_back(ann)
    sure.click()

    expect(ann.page.get_by_text("This booking was cancelled.")).to_be_visible()


@pytest.mark.soak
def test_the_form_of_the_line_keeps_its_address_offline(ann: Person, eve: Unseen):
    slug = SLUGS[unused_expert()]
    day = eve.free_day(slug, ahead=AHEAD, free=1, fewest=True)
    eve.fill_day(slug, day)
    ann.page.goto(f"/experts/{slug}?day={day}")
    ann.see_live()
    address = ann.sees.waitlist.get_by_label("Your e-mail")
    address.fill("ann+offline@example.org")
    go_offline(ann)

    address.press("Enter")
    expect_unsent(ann)
    expect(address).to_be_focused()
    come_back(ann)
    ann.see_live()
    expect(address).to_have_value("ann+offline@example.org")
    address.press("Enter")

    expect(ann.sees.waitlist).to_contain_text("You are on the waitlist for this day")


# Answers that get lost


def lose_once(page: Page, what: str, *, answer: bool) -> None:
    """Lose the first form that a page sends: the form itself, or the answer to it."""

    def lose(route: Route) -> None:
        if answer:
            route.fetch(max_redirects=0)
        route.abort()

    treat_first_form(page, what, lose)


def bookings_of(ann: Person) -> Locator:
    """The bookings of this browser."""
    ann.page.goto("/bookings")
    return ann.page.locator("li[id^=booking-]")


@pytest.mark.parametrize("lost", ["the answer", pytest.param("the form", marks=pytest.mark.soak)])
def test_a_form_that_was_lost_is_sent_again_and_counts_once(ann: Person, lost: str):
    at_the_form(ann)
    lose_once(ann.page, "**/book", answer=lost == "the answer")
    ann.sees.confirm.click()
    expect(ann.page).to_have_url(re.compile("^chrome-error:"))

    ann.page.reload()

    expect(ann.page).to_have_url(BOOKING)
    expect(bookings_of(ann)).to_have_count(1)


@pytest.mark.soak
def test_back_from_a_form_that_was_lost_its_fields_are_still_filled(ann: Person):
    at_the_form(ann)
    lose_once(ann.page, "**/book", answer=False)
    ann.sees.confirm.click()
    expect(ann.page).to_have_url(re.compile("^chrome-error:"))

    ann.page.go_back()
    ann.sees.hold_panel.get_by_role("link", name="Continue").click()

    expect_filled(ann)
    ann.confirm()
    expect(bookings_of(ann)).to_have_count(1)


@pytest.mark.soak
def test_a_form_that_is_never_answered_leads_to_its_booking_all_the_same(ann: Person):
    ann.page.clock.install()
    at_the_form(ann)
    ann.stop_the_clock()
    answer_nothing_once(ann.page, "**/book")

    ann.sees.confirm.click()
    expect(ann.sees.confirm).to_have_attribute("aria-busy", "true")
    ann.page.clock.run_for(ANSWERED_MS)
    expect(ann.page).to_have_url(BOOKING)

    expect(bookings_of(ann)).to_have_count(1)
