"""The first visit of a browser, used while the page learns its time zone."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.people import AHEAD, EXPERTS, SLUGS, Person, unused_expert
from tests.browser.unseen import Unseen

TOKYO = "Asia/Tokyo"


class Line:
    """A slow connection: holds back what a page asks for its zone until a test lets it through."""

    def __init__(self, page: Page) -> None:
        self.kept: list[Route] = []
        self.loads: list[str] = []
        page.route(re.compile(r"[?&]zone=Asia"), self._keep)
        page.on("load", lambda page: self.loads.append(page.url))

    def _keep(self, route: Route) -> None:
        if route.request.headers.get("hx-request-type") == "full":
            self.kept.append(route)
        else:
            route.continue_()

    def let_go(self) -> None:
        """Let what was kept through."""
        assert self.kept
        for route in self.kept:
            route.continue_()


@pytest.fixture
def kei(person: Callable[..., Person]) -> Person:
    """A first-time visitor in Tokyo."""
    return person(timezone_id=TOKYO, knows_zone=False)


def open_expert(kei: Person) -> None:
    """Open the page of an expert who is elsewhere: it shows other times until it knows Tokyo."""
    number = next(n for n in iter(unused_expert, None) if EXPERTS[n].zone != TOKYO)
    day = kei.unseen.free_day(SLUGS[number], ahead=AHEAD, free=3)
    kei.page.goto(f"/experts/{SLUGS[number]}?day={day}")


def test_what_is_typed_meanwhile_stays_with_the_focus(kei: Person):
    line = Line(kei.page)
    kei.page.goto("/")
    words = kei.page.get_by_label("Name, topic or skill")
    words.press_sequentially("contract")
    expect(kei.page).to_have_url(re.compile("q=contract"))
    found = kei.sees.card_names.all_inner_texts()

    with kei.page.expect_response(re.compile("zone=Asia")):
        line.let_go()

    expect(words).to_have_value("contract")
    expect(words).to_be_focused()
    expect(kei.sees.card_names).to_have_text(found)
    assert len(line.loads) == 1


def test_the_search_asks_in_the_zone_of_the_browser(kei: Person):
    kei.page.goto("/experts")

    kei.page.get_by_text("When are you free?").click()

    expect(kei.page.get_by_label("Time zone")).to_have_value(TOKYO)


def test_times_and_stream_change_to_the_zone_in_place(kei: Person, eve: Unseen):
    line = Line(kei.page)
    open_expert(kei)
    slot = kei.some_free_slot()
    before = kei.slot(slot).locator("time").inner_text()
    kei.slot(slot).get_by_role("button").focus()

    with kei.page.expect_request(re.compile(r"/live\?.*zone=Asia")):
        line.let_go()

    expect(kei.page.get_by_label("Times are in")).to_have_value(TOKYO)
    kei.see_live()
    expect(kei.sees.zone_button).to_be_hidden()
    assert len(line.loads) == 1
    if kei.slot(slot).count():  # in Tokyo it may be of the next day
        expect(kei.slot(slot).locator("time")).not_to_have_text(before)
        expect(kei.slot(slot).get_by_role("button")).to_be_focused()
    other = kei.some_free_slot()
    eve.hold(other)
    expect(kei.slot(other)).to_contain_text("On hold")


def test_a_day_that_is_chosen_meanwhile_comes_in_the_zone(kei: Person):
    line = Line(kei.page)
    open_expert(kei)

    day = kei.turn_to_another_day()
    with kei.page.expect_request(re.compile(r"/live\?.*zone=Asia")):
        line.let_go()

    expect(kei.sees.times).to_have_attribute("data-first", f"{day}")
    expect(kei.sees.times).to_have_attribute("data-refresh", re.compile("zone=Asia"))
    expect(kei.page).to_have_url(re.compile(rf"{day}&zone=Asia%2FTokyo$"))
    expect(kei.page.get_by_label("Times are in")).to_have_value(TOKYO)


def test_a_form_keeps_what_is_typed_while_its_time_changes_zone(kei: Person, ann: Person):
    ann.open_expert(unused_expert(), live=False)
    slot = ann.some_free_slot()
    line = Line(kei.page)
    kei.come_to_the_form(slot)
    kei.page.get_by_label("Your name").press_sequentially("Kei")

    with kei.page.expect_request(re.compile(r"/live\?.*zone=Asia")):
        line.let_go()

    expect(kei.sees.zone_name).to_contain_text("Japan")
    expect(kei.sees.hold_timer).to_contain_text("left")
    expect(kei.page.get_by_label("Your name")).to_have_value("Kei")
    assert kei.page.evaluate("document.activeElement.id") == "name"
    assert len(line.loads) == 1
